/** What the threads of backup-workers.test.ts run, by the name of their namespace. */
import { parentPort } from 'node:worker_threads';
import type {
  BackupAnswer,
  BackupOrder,
  BackupQuestion,
  BackupReport,
  BackupResult,
} from '../../lib/jobs/backup-messages.ts';
import { NOTHING_WRITTEN } from '../../lib/jobs/backup-pipe.ts';
import type { ThreadFunction } from '../../lib/threads/link.ts';

const holders = new Map([['A1', Buffer.alloc(512, 1)]]);
const coverage = { records: 1, indexes: 0, udfs: 0, digests: new Uint8Array(20) };
const file = { name: 'a.asb', bytes: 1, sha256: '', records: 1, indexes: 0, udfs: 0 };
const QUESTIONS: readonly BackupQuestion[] = [
  { what: 'text' },
  { what: 'place' },
  { what: 'file', file: { ...file, partitions: '0' }, coverage },
];

const LEVELS = ['trace', 'info', 'error'] as const;

export const run: ThreadFunction<BackupOrder, BackupAnswer, BackupReport, BackupResult> = (
  { scan: { namespace } },
  { post, listen, signal },
) =>
  new Promise((resolve, reject) => {
    if (namespace === 'crash') {
      setImmediate(() => {
        throw new Error('crashed');
      });
      return;
    }
    if (namespace === 'exit') {
      // Nothing keeps the thread then, and it has said nothing.
      parentPort?.close();
      return;
    }
    if (namespace === 'none') {
      resolve(undefined);
      return;
    }
    post({ kind: 'holders', holders });
    if (namespace === 'place') {
      post({ kind: 'question', id: 0, question: { what: 'place' } });
    }
    if (namespace === 'wait' || namespace === 'place') {
      signal.addEventListener('abort', () => reject(signal.reason));
      listen((answer) => {
        if (answer.kind === 'cut') reject(new Error(`cut: ${answer.failure.message}`));
      });
      return;
    }
    post({ kind: 'notice', notice: 'hello' });
    for (const level of LEVELS) post({ kind: 'log', line: { level, told: level } });
    post({ kind: 'figures', figures: [] });
    post({
      kind: 'piece',
      piece: { id: 0, bytes: new Uint8Array(new SharedArrayBuffer(1)), extent: undefined },
    });
    let asked = 0;
    let version = NOTHING_WRITTEN.version;
    const ask = (): void => post({ kind: 'question', id: asked, question: QUESTIONS[asked]! });
    listen((answer) => {
      if (answer.kind === 'refusal') reject(new Error(`refused: ${answer.failure.message}`));
      if (answer.kind !== 'answer') return;
      // What it was told to begin with is told back as what it would have written.
      if (answer.begin.continues === undefined) version = '3.3';
      if (++asked < QUESTIONS.length) ask();
      else resolve({ ...NOTHING_WRITTEN, version });
    });
    ask();
  });

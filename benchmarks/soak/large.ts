/**
 * One large job in a process of its own, so that its memory is its own:
 *
 *     node large.js backup|verify|restore HOST:PORT DIRECTORY RECORDS   prints a line of JSON
 */
import { EncryptionKey } from '../../lib/crypto/key.ts';
import { backup } from '../../lib/jobs/backup.ts';
import { restore } from '../../lib/jobs/restore.ts';
import { verify } from '../../lib/jobs/verify.ts';
import { NAMESPACE } from './size.ts';

/** What a job moved, and the memory that it had. */
export interface LargeJob {
  readonly seconds: number;
  /** Bytes of the files, as they are stored. */
  readonly bytes: number;
  /** Resident memory in MB, each {@link INTERVAL}. */
  readonly rss: readonly number[];
}

/** Milliseconds between two looks. */
const INTERVAL = 100;

const [, , name = '', seeds = '', directory = '', count = ''] = process.argv;
const records = Number(count);
const encryption = { mode: 'aes256', key: new EncryptionKey(Buffer.from('soak')) } as const;

const mustBe = (what: string, found: unknown, wanted: unknown): void => {
  if (found !== wanted) throw new Error(`${name}: ${what} ${found}, not ${wanted}`);
};

/** Each gives the bytes of the files, and throws if anything is missing. */
const JOBS: Readonly<Record<string, () => Promise<number>>> = {
  async backup() {
    const options = { seeds, namespace: NAMESPACE, directory, encryption } as const;
    const summary = await backup({ ...options, compress: 'zstd' }).done;
    mustBe('records', summary.records, records);
    return summary.bytes;
  },
  async verify() {
    const report = await verify({ paths: [directory], encryption }).done;
    for (const failure of report.failures) throw failure;
    mustBe('records', report.records, records);
    mustBe('manifests', report.places[0]?.manifests.length, 1);
    return report.bytes;
  },
  async restore() {
    const summary = await restore({ seeds, directory, encryption }).done;
    mustBe('records', summary.inserted, records);
    mustBe('places without a manifest', summary.unchecked.length, 0);
    return summary.bytesRead;
  },
};

const job = JOBS[name];
if (job === undefined) throw new Error(`no job "${name}"; there are ${Object.keys(JOBS)}`);
const rss: number[] = [];
const begin = performance.now();
const timer = setInterval(() => rss.push(process.memoryUsage.rss() / 1e6), INTERVAL);
try {
  const bytes = await job();
  const done: LargeJob = { seconds: (performance.now() - begin) / 1000, bytes, rss };
  console.log(JSON.stringify(done));
} finally {
  clearInterval(timer);
}

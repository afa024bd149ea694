import { readdirSync } from 'node:fs';
import { Readable } from 'node:stream';
import t from 'tap';
import { type BenchStage, chainOf } from '../../lib/bench/chain.ts';
import { holdBytes } from '../../lib/bench/hold.ts';
import { BenchPlace } from '../../lib/bench/place.ts';
import type { BenchSettings } from '../../lib/bench/settings.ts';
import {
  check,
  checkSize,
  checkText,
  prepare,
  runOnce,
  type Subject,
  sumOf,
  textSumOf,
} from '../../lib/bench/subject.ts';
import { EncryptionKey } from '../../lib/crypto/key.ts';
import { GLOBALS, HEADER, manyRecords, RECORDS } from '../helpers/asb-text.ts';
import { stepGauge } from '../helpers/gauge.ts';

/** Every letter of the format, and enough for several frames and files. */
const TEXT = Buffer.concat([HEADER, ...GLOBALS, ...RECORDS, ...manyRecords(1500)]);
const KEY = new EncryptionKey(Buffer.from('secret'));

const around = { gauge: stepGauge() };
const held = await holdBytes(Readable.from([TEXT]), {});
const sum = await sumOf(held, around);

const subjectFor = async (
  stages: readonly BenchStage[],
  settings: BenchSettings = {},
  path?: string,
): Promise<Subject> => {
  const chain = chainOf(stages);
  const encryption = { mode: settings.mode ?? 'aes128', key: KEY } as const;
  const setting = { namespace: held.namespace, settings, encryption };
  return {
    ...setting,
    chain,
    input: await prepare(held, chain.links[0].takes, setting, around),
    place: path === undefined ? undefined : await BenchPlace.open(path, {}),
  };
};

const ROWS: readonly (readonly [readonly BenchStage[], BenchSettings?])[] = [
  [['serialize']],
  [['serialize'], { compact: true }],
  [['parse'], { compact: true }],
  [['compress'], { level: 1, frameSize: 30_000, concurrency: 3 }],
  [['decompress'], { frameSize: 30_000 }],
  [['encrypt'], { mode: 'aes256' }],
  [['decrypt'], { mode: 'aes256' }],
  [['to-ndjson']],
  [['from-ndjson']],
  [['from-ndjson', 'to-ndjson']],
  [['serialize', 'compress', 'encrypt', 'decrypt', 'decompress', 'parse']],
  // What is cut anywhere is put together again.
  [['decompress', 'compress']],
  [['decrypt', 'compress', 'encrypt', 'decrypt', 'decompress', 'parse', 'serialize']],
];

const PLACED: readonly (readonly [readonly BenchStage[], BenchSettings?])[] = [
  [['rotate']],
  [['serialize', 'compress', 'rotate'], { frameSize: 20_000, fileLimit: 40_000 }],
  [['rotate'], { encrypt: 'aes128', fileLimit: 100_000 }],
  [['compress', 'rotate'], { encrypt: 'aes256' }],
  [['decompress', 'rotate']],
  [['decrypt', 'rotate']],
  [['encrypt', 'decrypt', 'compress', 'encrypt', 'decrypt', 'rotate']],
  [['upload']],
  [['compress', 'upload']],
  [['compress', 'encrypt', 'upload']],
  [['to-ndjson', 'upload']],
];

t.test('what comes out is what went in', async (t) => {
  t.match(sum, { records: RECORDS.length + 1500, sha256: /^[0-9a-f]{64}$/ });
  for (const [stages, settings] of ROWS) {
    const subject = await subjectFor(stages, settings);
    const what = `${stages.join(' ')} ${JSON.stringify(settings)}`;
    await t.resolves(check(subject, sum, around), what);
    const run = await runOnce(subject, around);
    t.equal((await runOnce(subject, around)).bytesOut, run.bytesOut);
    // By the gauge: a step for each look.
    t.equal(run.seconds, 0.01);
    t.ok(Math.abs(run.cpuSeconds - 0.005) < 1e-9);
    t.ok(run.peakMemory > 1000);
  }
});

t.test('also in a place, of which nothing stays', async (t) => {
  const path = t.testdir();
  for (const [stages, settings] of PLACED) {
    const subject = await subjectFor(stages, settings, path);
    const what = `${stages.join(' ')} ${JSON.stringify(settings)}`;
    await t.resolves(check(subject, sum, around), what);
    t.ok((await runOnce(subject, around)).bytesOut > 10_000);
    t.strictSame(readdirSync(path), []);
  }
});

t.test('what is held goes in as it is, or is made before', async (t) => {
  t.equal((await subjectFor(['serialize'])).input.bytes, held.bytes);
  const text = await textSumOf(held, around);
  const { input } = await subjectFor(['parse']);
  t.equal(input.bytes, text.bytes);
  const size = (chunks: Subject['input']['chunks']): number =>
    chunks.reduce((total, chunk) => total + (Buffer.isBuffer(chunk) ? chunk.length : 0), 0);
  t.equal(size(input.chunks), input.bytes);
});

t.test('other records, other text, another size', async (t) => {
  const subject = await subjectFor(['serialize', 'compress']);
  for (const other of [
    { ...sum, records: 1 },
    { ...sum, sha256: '' },
  ]) {
    await t.rejects(check(subject, other, around), {
      code: 'FORMAT',
      message: /serialize compress/,
    });
  }
  const { sha256 } = await textSumOf(held, around);
  await t.resolves(checkText(subject, sha256, around));
  await t.rejects(checkText(subject, sum.sha256, around), { code: 'FORMAT' });
  t.doesNotThrow(() => checkSize(subject.chain, 7, 7));
  t.throws(() => checkSize(subject.chain, 7, 8), { code: 'FORMAT' });
});

t.test('what fails, and what a signal ends, leaves nothing', async (t) => {
  const path = t.testdir();
  const subject = await subjectFor(['rotate'], { fileLimit: 20_000 }, path);
  const reason = new Error('stopped');
  const controller = new AbortController();
  // In the middle: memory is looked at when what goes in is over, and files are not.
  const gauge = stepGauge(10, () => controller.abort(reason));
  await t.rejects(runOnce(subject, { gauge, signal: controller.signal }), reason);
  t.strictSame(readdirSync(path), []);
  const { signal } = new AbortController();
  await t.resolves(runOnce(subject, { gauge: around.gauge, signal }));
  const look = async (): Promise<void> => {
    throw reason;
  };
  await t.rejects(runOnce(subject, around, look), reason);
  t.strictSame(readdirSync(path), []);
  const broken = {
    ...(await subjectFor(['parse'])),
    input: { chunks: [Buffer.from('x')], bytes: 1 },
  };
  await t.rejects(runOnce(broken, { gauge: around.gauge, signal }), { code: 'FORMAT' });
});

t.test('a clock that stands still divides nothing by 0', async (t) => {
  const still = { now: () => 1, cpu: () => 1, memory: () => 1 };
  const run = await runOnce(await subjectFor(['serialize']), { gauge: still });
  t.match(run, { seconds: 1e-6, cpuSeconds: 1e-6, peakMemory: 1 });
});

/**
 * No engine of a hot path makes an object of V8's heap for a record, nor for a bin. How many bytes a
 * record takes does not depend on how fast or how busy a machine is; so this test can be strict.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import t from 'tap';

/** The smallest object, a number that is no small integer, has 16 bytes. */
const MARGIN = 8;

/** Bytes for a record: its share of what is made for a batch, a piece of text or a request. */
const FIGURES: Readonly<Record<string, number>> = {
  'scan reply': 3.4,
  serializer: 0.9,
  'serializer, with notes': 1.6,
  'NDJSON writer': 0.7,
  parser: 1.9,
  'whole units': 1.5,
  'writer and its answers': 1.1,
};

const FLAGS = [
  '--expose-gc',
  '--single-threaded',
  '--min-semi-space-size=64',
  '--max-semi-space-size=64',
];

const measured = async (): Promise<Readonly<Record<string, number>>> => {
  const script = fileURLToPath(new URL('measure.ts', import.meta.url));
  // `env -i`: tap finds its way into every other child, and counts calls there, which is work, too.
  const { stdout } = await promisify(execFile)('env', ['-i', process.execPath, ...FLAGS, script]);
  return JSON.parse(stdout);
};

t.test('a record takes no object', async (t) => {
  const figures = await measured();
  t.same(Object.keys(figures), Object.keys(FIGURES));
  for (const [name, bytes] of Object.entries(figures)) {
    t.ok(bytes < FIGURES[name]! + MARGIN, `${name}: ${bytes.toFixed(2)} bytes a record`);
  }
});

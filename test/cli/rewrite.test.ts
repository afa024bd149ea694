import { PassThrough, Readable, Transform } from 'node:stream';
import t from 'tap';
import { Given } from '../../lib/cli/given.ts';
import { Output } from '../../lib/cli/output.ts';
import { requireNamespace, rewrite } from '../../lib/cli/rewrite.ts';
import type { RecordChunk } from '../../lib/record/chunk.ts';
import { HEADER, manyRecords } from '../helpers/asb-text.ts';

const TEXT = Buffer.concat([HEADER, ...manyRecords(10)]);

const shellOf = (output: PassThrough, text = TEXT) => ({
  signal: new AbortController().signal,
  verbose: false,
  columns: undefined,
  input: () => Readable.from([text]),
  output: () => new Output(output),
  say: () => {},
  draw: () => {},
  answer: () => {},
});

/** Records in object mode, through a function. */
const each = (change: (chunk: RecordChunk) => RecordChunk): Transform =>
  new Transform({
    objectMode: true,
    transform(chunk: RecordChunk, _encoding, done) {
      try {
        done(null, change(chunk));
      } catch (error) {
        done(error instanceof Error ? error : new Error('no error'));
      }
    },
  });

t.test('stages stand between what is read and what is written', async (t) => {
  const output = new PassThrough();
  const odd = each((chunk) =>
    chunk.kind === 'records' ? chunk.filter(({ key }) => Number(key) % 2 === 1) : chunk,
  );
  const stages = { odd, as: each((chunk) => chunk) };
  const written = await rewrite(new Given(new Map()), shellOf(output), { stages });
  t.match(written, { records: 5 });
  t.equal(String(output.read()).match(/^\+ k/gm)?.length, 5);
});

t.test('a stage that fails ends it', async (t) => {
  const failing = each(() => {
    throw new Error('a stage broke');
  });
  const output = new PassThrough();
  output.on('error', () => {});
  const going = rewrite(new Given(new Map()), shellOf(output), {
    stages: { failing, as: each((chunk) => chunk) },
  });
  await t.rejects(going, /a stage broke/);
});

t.test('a backup that names no namespace gets the one that is said', async (t) => {
  const output = new PassThrough();
  const shell = shellOf(output, Buffer.from('Version 3.1\n'));
  await rewrite(new Given(new Map()), shell, { namespace: 'copy' });
  t.match(String(output.read()), /^# namespace copy$/m);
});

t.test('something must say a namespace', async (t) => {
  t.equal(requireNamespace('test'), 'test');
  t.throws(() => requireNamespace(undefined), { code: 'USAGE' });
});

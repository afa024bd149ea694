import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Transform, Writable } from 'node:stream';
import t from 'tap';
import { exportLines } from '../../lib/cli/export-lines.ts';
import { Given } from '../../lib/cli/given.ts';
import { Output } from '../../lib/cli/output.ts';
import type { Shell } from '../../lib/cli/shell.ts';
import { openInput } from '../../lib/jobs/backup-input.ts';
import { toNdjson } from '../../lib/stages/to-ndjson.ts';

const LINES =
  '{"key":1,"digest":"AAAAAAAAAAAAAAAAAAAAAAAAAAA=","generation":1,"voidTime":0,"bins":{}}\n';

const stages = () => ({ toNdjson: toNdjson() });

const given = (values: Readonly<Record<string, string>>): Given =>
  new Given(new Map(Object.entries(values)));

/** A shell whose standard output is kept. */
const shellOf = (signal = new AbortController().signal) => {
  const written: Buffer[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      written.push(Buffer.from(chunk));
      done();
    },
  });
  const shell: Shell = {
    signal,
    verbose: false,
    columns: undefined,
    input: () => {
      throw new Error('nothing reads it');
    },
    output: () => new Output(sink),
    say: () => {},
    draw: () => {},
    answer: () => {},
  };
  return { shell, text: () => Buffer.concat(written).toString() };
};

const readOf = async (path: string) => ({
  input: await openInput({ paths: [path] }),
  s3: {},
});

t.test('lines arrive on standard output, or in a file', async (t) => {
  const place = t.testdir({ lines: LINES });
  const path = join(place, 'lines');
  const { shell, text } = shellOf();
  await exportLines(given({}), shell, await readOf(path), stages(), 'ndjson');
  t.equal(text(), LINES);
  const to = given({ 'output-file': join(place, 'copy') });
  await exportLines(to, shell, await readOf(path), stages(), 'ndjson');
  t.equal(readFileSync(join(place, 'copy'), 'utf8'), LINES);
});

t.test('what fails, or is stopped, leaves no file', async (t) => {
  const place = t.testdir({ lines: LINES });
  const to = given({ 'output-file': join(place, 'copy') });
  const read = () => readOf(join(place, 'lines'));
  const failing = new Transform({
    objectMode: true,
    transform: (_chunk, _encoding, done) => done(new Error('words')),
  });
  await t.rejects(exportLines(to, shellOf().shell, await read(), { failing }, 'csv'), {
    message: 'words',
  });
  const stop = new AbortController();
  const waiting = new Transform({
    objectMode: true,
    transform: () => stop.abort(new Error('stopped')),
  });
  const stopped = exportLines(to, shellOf(stop.signal).shell, await read(), { waiting }, 'csv');
  await t.rejects(stopped, { message: 'stopped' });
  t.same(readdirSync(place), ['lines']);
});

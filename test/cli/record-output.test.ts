import { PassThrough } from 'node:stream';
import t from 'tap';
import { Given } from '../../lib/cli/given.ts';
import { Output } from '../../lib/cli/output.ts';
import { isToStandardOutput, outputPlaces, recordOutputOf } from '../../lib/cli/record-output.ts';
import { EncryptionKey } from '../../lib/crypto/key.ts';

type Values = Readonly<Record<string, string>>;

const spoken: string[] = [];
const shell = {
  signal: new AbortController().signal,
  verbose: false,
  columns: undefined,
  input: () => new PassThrough(),
  output: (language: string) => {
    spoken.push(language);
    return new Output(new PassThrough());
  },
  say: () => {},
  draw: () => {},
  answer: () => {},
};

const givenOf = (values: Values): Given => new Given(new Map(Object.entries(values)));
const encryption = { mode: 'aes128', key: new EncryptionKey(Buffer.of(1)) } as const;
const of = (values: Values, compressed = false, preset?: 'zstd') => {
  const read = { input: { compressed }, encryption, s3: {} };
  return recordOutputOf(givenOf(values), shell, read, preset);
};

t.test('where it goes, and how it is encrypted', async (t) => {
  t.match(of({ directory: 'out' }), { directory: 'out', encryption, isStandardOutput: false });
  const limited = of({ directory: 'out', 'output-file-prefix': 'p', 'file-limit': '2' });
  t.match(limited, { prefix: 'p', fileLimit: 2 * 1024 * 1024, removeFiles: false });
  const file = of({ 'output-file': 'a.asb', 'remove-files': '' });
  t.match(file, { outputFile: 'a.asb', encryption, removeFiles: true });
  for (const values of [{}, { 'output-file': '-' }]) {
    const output = of(values);
    t.match(output, { isStandardOutput: true, output: Object });
    t.notOk('encryption' in output, 'who reads it has no key');
  }
  t.same(outputPlaces(givenOf({ directory: 'out' })), ['out', undefined]);
});

t.test('it is compressed as it was, but for a pipe, or as it is said', async (t) => {
  const rows: readonly (readonly [Values, boolean, 'zstd' | undefined, number | undefined])[] = [
    [{ directory: 'out' }, false, undefined, undefined],
    [{ directory: 'out' }, true, undefined, 3],
    [{ directory: 'out' }, false, 'zstd', 3],
    [{ directory: 'out', compress: 'none' }, true, 'zstd', undefined],
    [{ directory: 'out', compress: 'zstd', 'compression-level': '9' }, false, undefined, 9],
    [{ directory: 'out', 'compression-level': '9' }, true, undefined, 9],
    [{}, true, undefined, undefined],
    [{}, true, 'zstd', 3],
  ];
  for (const [values, compressed, preset, level] of rows) {
    const output = of(values, compressed, preset);
    t.equal(output.compressionLevel, level, JSON.stringify([values, compressed, preset]));
    t.equal(output.compress, level === undefined ? undefined : 'zstd');
  }
  t.same(spoken.slice(-2), ['text', 'frames']);
});

t.test('what does not go together', async (t) => {
  const rows: readonly Values[] = [
    { directory: 'out', 'output-file': 'a.asb' },
    { 'output-file': 'a.asb', 'output-file-prefix': 'p' },
    { 'file-limit': '1' },
    { 'remove-files': '' },
    { directory: 'out', 'compression-level': '9' },
    { directory: 'out', compress: 'none', 'compression-level': '9' },
  ];
  for (const values of rows) t.throws(() => of(values), { code: 'USAGE' }, JSON.stringify(values));
  t.throws(() => of({ 'compression-level': '9' }, true), { code: 'USAGE' }, 'a pipe has none');
});

t.test('where it goes', async (t) => {
  const cases: readonly (readonly [Record<string, string>, boolean])[] = [
    [{}, true],
    [{ 'output-file': '-' }, true],
    [{ 'output-file': 'x' }, false],
    [{ directory: 'x' }, false],
  ];
  for (const [values, expected] of cases) t.equal(isToStandardOutput(givenOf(values)), expected);
});

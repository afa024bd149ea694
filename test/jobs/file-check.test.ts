import { Readable } from 'node:stream';
import t from 'tap';
import { type ExpectedFile, FileCheck, sizeFailure } from '../../lib/jobs/file-check.ts';
import { streamedFile } from '../../lib/storage/stored-file.ts';
import { TEXT } from '../helpers/asb-text.ts';
import { entryOf } from '../helpers/manifests.ts';
import { inChunks } from '../helpers/streams.ts';

const FILE = streamedFile(Readable.from([]), 'out/a.asb');
const EXPECTED: ExpectedFile = { ...entryOf('a.asb', TEXT), manifest: 'out/test.manifest.json' };
const { records, indexes, udfs } = EXPECTED;

const check = (bytes: Buffer, size: number, found = { records, indexes, udfs }): void => {
  const checked = new FileCheck(FILE, EXPECTED);
  for (const chunk of inChunks(bytes, size)) checked.update(chunk);
  checked.end(found);
};

t.test('the same bytes, in pieces of any size', async () => {
  for (const size of [1, 7, 64, TEXT.length]) check(TEXT, size);
});

t.test('other bytes', async (t) => {
  const flipped = Buffer.from(TEXT);
  flipped[TEXT.length - 1]! ^= 1;
  const rows: readonly [Buffer, string, RegExp][] = [
    [flipped, 'FORMAT', /changed since the backup/],
    [TEXT.subarray(0, -1), 'TRUNCATED', /was cut/],
    [Buffer.alloc(0), 'TRUNCATED', /was cut/],
    [Buffer.concat([TEXT, TEXT]), 'FORMAT', /has grown/],
  ];
  for (const [bytes, code, message] of rows) {
    t.throws(() => check(bytes, 100), { code, message, facts: { file: 'out/a.asb' } });
    t.throws(() => check(bytes, 100), { message: /out\/test\.manifest\.json/ });
  }
});

t.test('other contents than a manifest says of the same bytes', async (t) => {
  for (const name of ['records', 'indexes', 'udfs'] as const) {
    const found = { records, indexes, udfs, [name]: 99 };
    t.throws(() => check(TEXT, 100, found), {
      code: 'FORMAT',
      facts: { file: 'out/a.asb', expected: `${EXPECTED[name]} ${name}` },
    });
  }
});

t.test('the size alone', async (t) => {
  const right = TEXT.length;
  t.equal(sizeFailure(FILE, EXPECTED, right), undefined);
  t.match(sizeFailure(FILE, EXPECTED, right - 1), { code: 'TRUNCATED' });
  t.match(sizeFailure(FILE, EXPECTED, right + 1), { code: 'FORMAT' });
});

import { Readable } from 'node:stream';
import t from 'tap';
import { fileKindOf, InputReader } from '../../lib/jobs/input-reader.ts';
import { streamedFile } from '../../lib/storage/stored-file.ts';
import { GLOBALS, HEADER, RECORDS, TEXT } from '../helpers/asb-text.ts';
import { RAW_KEY } from '../helpers/keys.ts';
import { entryOf } from '../helpers/manifests.ts';

t.test('a brace begins NDJSON, unless there is a key', async (t) => {
  const encryption = { mode: 'aes128', key: RAW_KEY } as const;
  t.equal(fileKindOf(Buffer.from('{"a":1}'), undefined), 'ndjson');
  t.equal(fileKindOf(Buffer.from('{"a":1}'), encryption), 'backup');
  t.equal(fileKindOf(HEADER, undefined), 'backup');
});

t.test('a head is left out, and counted for the manifest all the same', async (t) => {
  const text = Buffer.concat([TEXT, GLOBALS[6]!]);
  for (const [skipHead, globals] of [
    [true, 1],
    [false, GLOBALS.length + 1],
  ] as const) {
    const file = streamedFile(Readable.from([text]), 'a.asb');
    const expected = new Map([[file, { ...entryOf('a.asb', text), manifest: 'm' }]]);
    const { signal } = new AbortController();
    const reader = new InputReader({ expected, signal });
    let found = 0;
    for await (const chunk of reader.read(file, 'backup', skipHead)) {
      if (chunk.kind !== 'records') found++;
    }
    t.equal(found, globals);
    t.match(reader, { namespace: 'test', compressed: false });
    t.strictSame(reader.info, { records: RECORDS.length, bytesRead: text.length });
  }
});

t.test('there is an end to the number of globals, wherever they stand', async (t) => {
  const lines = (count: number): Buffer =>
    Buffer.from(
      Array.from({ length: count }, (_, at) => `* i test s idx${at} N 1 age N\n`).join(''),
    );
  const { signal } = new AbortController();
  for (const [more, code] of [
    [0, undefined],
    [1, 'LIMIT'],
  ] as const) {
    const text = Buffer.concat([HEADER, lines(5000), RECORDS[0]!, lines(5000 + more)]);
    const reader = new InputReader({ expected: new Map(), signal });
    const read = async () => {
      const file = streamedFile(Readable.from([text]), 'a.asb');
      for await (const _ of reader.read(file, 'backup', false));
    };
    if (code === undefined) await t.resolves(read());
    else await t.rejects(read(), { code, facts: { file: 'a.asb' } });
  }
});

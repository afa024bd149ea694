import t from 'tap';
import { DIGEST_SIZE, Field } from '../../lib/record/layout.ts';
import { MessageWriter } from '../../lib/record/message-writer.ts';
import {
  AT_DIGEST,
  compareRest,
  digestAtOf,
  ENTRY_HEADER_SIZE,
  keyOf,
  messageSizeOf,
  sourceOf,
  writeHeader,
} from '../../lib/sort/entry.ts';
import { batchOf, digestOf } from './records.ts';

t.test('a header says what its message is', async (t) => {
  const sample = { digest: 0xfedcba98, tail: 3, id: 1 };
  const { bytes: message } = batchOf([{ digest: 1, id: 0 }, sample]);
  const start = batchOf([{ digest: 1, id: 0 }]).bytes.length;
  const entry = Buffer.alloc(ENTRY_HEADER_SIZE + 5);
  writeHeader(entry, 5, { source: 0xfffefdfc, message, start, end: message.length });
  t.equal(messageSizeOf(entry, 5), message.length - start);
  t.equal(sourceOf(entry, 5), 0xfffefdfc);
  t.same(entry.subarray(5 + AT_DIGEST), digestOf(sample));
  t.equal(keyOf(entry, 5 + AT_DIGEST), 0xfedcba980707);
});

t.test('the digest is found behind other fields, and must be one', async (t) => {
  const messageOf = (...fields: readonly (readonly [number, number])[]): Buffer => {
    const writer = new MessageWriter();
    writer.begin();
    for (const [id, size] of fields) writer.field(id, Buffer.alloc(size, id));
    writer.end();
    return writer.take();
  };
  const rows: readonly (readonly [number, Buffer])[] = [
    [27, messageOf([Field.DIGEST, DIGEST_SIZE], [Field.SET, 3])],
    [37, messageOf([Field.SET, 5], [Field.DIGEST, DIGEST_SIZE])],
  ];
  for (const [at, message] of rows) t.equal(digestAtOf(message, 0), at);
  t.throws(() => digestAtOf(messageOf(), 0), { code: 'FORMAT' });
  t.throws(() => digestAtOf(messageOf([Field.DIGEST, DIGEST_SIZE - 1]), 0), { code: 'FORMAT' });
});

t.test('two digests of one key differ in the rest, or are the same', async (t) => {
  const low = digestOf({ digest: 5, tail: 0, id: 0 });
  const high = digestOf({ digest: 5, tail: 255, id: 0 });
  t.equal(keyOf(low, 0), keyOf(high, 0));
  t.ok(compareRest(low, 0, high, 0) < 0);
  t.ok(compareRest(high, 0, low, 0) > 0);
  t.equal(compareRest(low, 0, Buffer.from(low), 0), 0);
});

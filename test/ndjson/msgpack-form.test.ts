import fc from 'fast-check';
import t from 'tap';
import { hasShortestHead } from '../../lib/ndjson/msgpack-form.ts';
import { MsgpackReader, Token } from '../../lib/record/msgpack-reader.ts';
import { MsgpackWriter } from '../../lib/record/msgpack-writer.ts';

const isShortest = (bytes: Buffer): boolean => {
  const reader = new MsgpackReader(bytes);
  const token = reader.next();
  return hasShortestHead(reader, bytes, token);
};

/** What MsgpackWriter makes of the item that stands first in `bytes`. */
const again = (bytes: Buffer): Buffer => {
  const reader = new MsgpackReader(bytes);
  const writer = new MsgpackWriter();
  const token = reader.next();
  if (token === Token.INTEGER) writer.integer(reader.number);
  else if (token === Token.BIG_INTEGER) writer.bigint(reader.bigint);
  else if (token === Token.LIST) writer.listHead(reader.count, 0);
  else if (token === Token.MAP) writer.mapHead(reader.count, 0);
  else writer.bytes(bytes[reader.payloadStart]!, bytes.subarray(reader.payloadStart + 1));
  return writer.take();
};

const sized = (head: number, width: number, size: number, filler: number): Buffer => {
  const bytes = Buffer.alloc(1 + width + filler, 3);
  bytes[0] = head;
  if (width > 0) bytes.writeUIntBE(size, 1, width);
  return bytes;
};

t.test('integers: shortest is what the writer writes', async () => {
  const edges = [0n, 31n, 32n, 127n, 128n, 255n, 256n, 32_767n, 32_768n, 65_535n, 65_536n];
  const wide = [2n ** 31n - 1n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 53n, 2n ** 63n - 1n];
  const near = fc.constantFrom(...edges, ...wide);
  const value = fc.oneof(
    near,
    near.map((edge) => -edge),
    near.map((edge) => -edge - 1n),
  );
  const forms = [
    [0xcc, 1],
    [0xcd, 2],
    [0xce, 4],
    [0xcf, 8],
    [0xd0, 1],
    [0xd1, 2],
    [0xd2, 4],
    [0xd3, 8],
  ] as const;
  fc.assert(
    fc.property(value, fc.constantFrom(...forms), (value, [head, width]) => {
      const bytes = Buffer.alloc(9);
      bytes.writeBigInt64BE(value, 1);
      const item = Buffer.concat([Buffer.of(head), bytes.subarray(9 - width)]);
      return isShortest(item) === again(item).equals(item);
    }),
    { numRuns: 2000 },
  );
});

t.test('bytes, lists and maps at every head', async (t) => {
  const heads = [
    [0xc4, 1, 'bytes'],
    [0xc5, 2, 'bytes'],
    [0xc6, 4, 'bytes'],
    [0xd9, 1, 'bytes'],
    [0xda, 2, 'bytes'],
    [0xdb, 4, 'bytes'],
    [0xdc, 2, 'list'],
    [0xdd, 4, 'list'],
    [0xde, 2, 'map'],
    [0xdf, 4, 'map'],
  ] as const;
  for (const size of [1, 15, 16, 31, 32, 255, 256, 65_535, 65_536]) {
    for (const [head, width, kind] of heads) {
      if (size >= 2 ** (8 * width)) continue;
      const item = sized(head, width, size, kind === 'map' ? 2 * size : size);
      const written = again(item);
      t.equal(
        isShortest(item),
        written.equals(item.subarray(0, written.length)),
        `${head} ${size}`,
      );
    }
  }
  t.ok(isShortest(sized(0xaf, 0, 0, 15)));
  t.ok(isShortest(sized(0x9f, 0, 0, 15)));
  t.ok(isShortest(sized(0x8f, 0, 0, 30)));
});

t.test('small integers are always shortest; floats and extensions never', async (t) => {
  for (const head of [0, 0x7f, 0xe0, 0xff]) t.ok(isShortest(Buffer.of(head)));
  t.notOk(isShortest(Buffer.of(0xca, 0, 0, 0, 0)));
  t.notOk(isShortest(Buffer.of(0xc7, 0, 1)));
});

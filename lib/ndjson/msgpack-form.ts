import type { MsgpackReader } from '../record/msgpack-reader.ts';
import { Token } from '../record/msgpack-reader.ts';

// Names of this file: V8 does not fold what is imported.
const { BIG_INTEGER, BYTES, INTEGER, LIST, MAP } = Token;

const UINT64_HEAD = 0xcf;
const INT64_HEAD = 0xd3;

/** Bytes of an integer in its shortest form, unsigned unless it is negative. */
const integerSize = (value: number): number => {
  if (value >= 0) {
    if (value < 0x80) return 1;
    if (value < 0x100) return 2;
    if (value < 0x10000) return 3;
    return value <= 0xffffffff ? 5 : 9;
  }
  if (value >= -0x20) return 1;
  if (value >= -0x80) return 2;
  if (value >= -0x8000) return 3;
  return value >= -0x80000000 ? 5 : 9;
};

/** The head of bytes in their shortest form, which is str and not bin. */
const bytesHead = (size: number): number => {
  if (size < 32) return 0xa0 | size;
  if (size < 0x100) return 0xd9;
  return size < 0x10000 ? 0xda : 0xdb;
};

const containerHead = (count: number, small: number, sized: number): number => {
  if (count < 16) return small | count;
  return count < 0x10000 ? sized : sized + 1;
};

/**
 * True if the item that `reader` has just read has the head that `MsgpackWriter` would give it, as
 * Aerospike's clients do too: only then can its bytes be made again from its value alone. False for
 * floats and extensions, which that writer never writes.
 *
 * @param token an item that has more than one form: no nil, boolean or double
 */
export const hasShortestHead = (
  reader: MsgpackReader,
  bytes: Uint8Array,
  token: Token,
): boolean => {
  const head = bytes[reader.itemStart]!;
  switch (token) {
    case INTEGER:
      return (
        reader.at - reader.itemStart === integerSize(reader.number) &&
        (reader.number < 0 || head <= UINT64_HEAD)
      );
    case BIG_INTEGER:
      return head === (reader.bigint < 0n ? INT64_HEAD : UINT64_HEAD);
    case BYTES:
      return head === bytesHead(reader.payloadEnd - reader.payloadStart);
    case LIST:
      return head === containerHead(reader.count, 0x90, 0xdc);
    case MAP:
      return head === containerHead(reader.count, 0x80, 0xde);
    default:
      return false;
  }
};

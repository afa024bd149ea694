/** Ways to spoil an input a little. */
import type { Random } from './random.ts';

/** Most bytes of an input: repeats and splices make it grow. */
const MAX_SIZE = 64 * 1024;
const MAX_CHANGES = 4;

/** Bytes that mean something in one of the languages. */
const TELLING = Buffer.from(
  ' \n\\+-*!#0123456789ANSZIDGBXYMLVEKTFUkndsgtbiue=/"{}[],:$\0\x28\xb5\xff',
);

const NUMBERS = [
  '0',
  '1',
  '-1',
  '4',
  '00',
  '15',
  '16',
  '255',
  '65535',
  '65536',
  '4294967295',
  '4294967296',
  '201326592',
  '201326593',
  '9007199254740993',
  '9223372036854775807',
  '9223372036854775808',
  '-9223372036854775808',
  '-9223372036854775809',
  '1e400',
  '-nan',
  '0.1',
  '1e-400',
  '99999999999999999999',
].map((text) => Buffer.from(text));

type Change = (bytes: Buffer, random: Random, others: readonly Buffer[]) => Buffer;

const replace = (bytes: Buffer, from: number, to: number, by: Uint8Array): Buffer =>
  Buffer.concat([bytes.subarray(0, from), by, bytes.subarray(to)]);

/** Begin and end of a short stretch. */
const stretch = (bytes: Buffer, random: Random): [from: number, to: number] => {
  const from = random.below(bytes.length);
  const size = random.below(random.pick([2, 8, 40, 400]));
  return [from, Math.min(bytes.length, from + size)];
};

/** Begin and end of the line around a random byte, with its line end. */
const lineAround = (bytes: Buffer, random: Random): [from: number, to: number] => {
  const at = random.below(bytes.length);
  const end = bytes.indexOf(0x0a, at);
  return [bytes.lastIndexOf(0x0a, at - 1) + 1, end === -1 ? bytes.length : end + 1];
};

const CHANGES: readonly Change[] = [
  function flipBit(bytes, random) {
    const at = random.below(bytes.length);
    return replace(bytes, at, at + 1, Buffer.of(bytes[at]! ^ (1 << random.below(8))));
  },
  function setByte(bytes, random) {
    const at = random.below(bytes.length);
    return replace(bytes, at, at + 1, Buffer.of(random.pick([...TELLING])));
  },
  function insert(bytes, random) {
    const at = random.below(bytes.length + 1);
    const some = random.below(2) === 0 ? Buffer.of(random.pick([...TELLING])) : random.bytes(3);
    return replace(bytes, at, at, some);
  },
  function remove(bytes, random) {
    const [from, to] = stretch(bytes, random);
    return replace(bytes, from, to, Buffer.alloc(0));
  },
  function cut(bytes, random) {
    return bytes.subarray(0, random.below(bytes.length + 1));
  },
  function repeat(bytes, random) {
    const [from, to] = random.below(2) === 0 ? stretch(bytes, random) : lineAround(bytes, random);
    return replace(bytes, to, to, bytes.subarray(from, to));
  },
  function removeLine(bytes, random) {
    const [from, to] = lineAround(bytes, random);
    return replace(bytes, from, to, Buffer.alloc(0));
  },
  function splice(bytes, random, others) {
    const other = random.pick(others);
    const [from, to] = random.below(2) === 0 ? stretch(other, random) : lineAround(other, random);
    const at = random.below(2) === 0 ? random.below(bytes.length) : lineAround(bytes, random)[0];
    return replace(bytes, at, at, other.subarray(from, to));
  },
  function join(bytes, random, others) {
    const other = random.pick(others);
    return replace(
      bytes,
      random.below(bytes.length),
      bytes.length,
      other.subarray(random.below(other.length)),
    );
  },
  function editNumber(bytes, random) {
    const at = random.below(bytes.length);
    const found = /-?\d+/.exec(bytes.toString('latin1', at, at + 200));
    if (found === null) return bytes;
    const from = at + found.index;
    const near = Buffer.from(String(BigInt(found[0]) + BigInt(random.below(3) - 1)));
    return replace(bytes, from, from + found[0].length, random.pick([near, near, ...NUMBERS]));
  },
];

/** `bytes` with one to four changes; `others` lend parts. */
export const mutate = (bytes: Buffer, random: Random, others: readonly Buffer[]): Buffer => {
  let changed = bytes;
  for (let left = 1 + random.below(MAX_CHANGES); left > 0; left--) {
    changed = random.pick(CHANGES)(changed, random, others).subarray(0, MAX_SIZE);
  }
  return changed;
};

import t from 'tap';
import { AsbError } from '../../lib/errors.ts';
import { HEADER, splits, TEXT } from '../helpers/asb-text.ts';
import { parse } from '../helpers/parsed.ts';
import { FAULTS, type Fault } from './faults.ts';

const FILE = 'fault.asb';

/** Texts up to this size are read at every split. */
const SPLIT_SIZE = 400;

const placeIn = (bytes: Buffer, offset: number) => {
  const before = bytes.toString('latin1', 0, offset).split('\n');
  return { offset, line: before.length, column: before.at(-1)!.length + 1 };
};

const readingsOf = (bytes: Buffer, offset: number): Iterable<readonly Buffer[]> =>
  bytes.length > SPLIT_SIZE
    ? [[bytes], [bytes.subarray(0, offset), bytes.subarray(offset)]]
    : splits(bytes);

const markedIn = ({ text }: Fault): { readonly bytes: Buffer; readonly offset: number } => {
  const offset = text.indexOf('^');
  return { bytes: Buffer.from(text.slice(0, offset) + text.slice(offset + 1), 'latin1'), offset };
};

const isAt = (error: unknown, offset: number): boolean =>
  error instanceof AsbError && error.code === 'FORMAT' && error.facts.offset === offset;

for (const [part, faults] of FAULTS) {
  t.test(`${part}: every fault is found at its place, at every split`, async (t) => {
    for (const fault of faults) {
      const { bytes, offset } = markedIn(fault);
      const facts = { file: FILE, ...placeIn(bytes, offset), expected: /./ };
      const wrong = { code: 'FORMAT', facts };
      const readings = [[bytes], ...readingsOf(bytes, offset)];
      const missed = readings.find((chunks) => !isAt(parse(chunks).error, offset)) ?? [bytes];
      t.match(
        parse(missed, { file: FILE }).error,
        wrong,
        `${fault.what}, cut at ${missed[0]!.length}`,
      );
    }
  });
}

t.test('says what a large data type is', async (t) => {
  const fault = FAULTS.flatMap(([, faults]) => faults).find(
    ({ what }) => what === 'a large data type',
  )!;
  t.match(parse([markedIn(fault).bytes]).error, { message: /LDT/ });
});

/**
 * Offsets of spaces and newlines behind the header, whose lines are taken as a whole; but not of
 * escaped ones, which are part of a name.
 */
const SEPARATORS = Array.from(TEXT.keys()).filter(
  (at) => at >= HEADER.length && (TEXT[at] === 0x20 || TEXT[at] === 0x0a) && TEXT[at - 1] !== 0x5c,
);

for (const [what, change] of [
  ['missing', (at: number) => Buffer.concat([TEXT.subarray(0, at), TEXT.subarray(at + 1)])],
  ['doubled', (at: number) => Buffer.concat([TEXT.subarray(0, at + 1), TEXT.subarray(at)])],
] as const) {
  t.test(`every space and newline that is ${what}`, async (t) => {
    t.ok(SEPARATORS.length > 400);
    for (const at of SEPARATORS) {
      const { error } = parse([change(at)]);
      t.ok(error instanceof AsbError && Number(error.facts.offset) >= at, `at ${at}: ${error}`);
    }
  });
}

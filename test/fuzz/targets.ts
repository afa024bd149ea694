/** What is fuzzed: inputs to begin with, and what must hold for any input made of them. */
import { globSync, readFileSync } from 'node:fs';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { AsbError } from '../../lib/errors.ts';
import type { RecordChunk } from '../../lib/record/chunk.ts';
import { unpack } from '../../lib/stages/unpack.ts';
import { disagreement, sameReading, scan } from '../helpers/agreement.ts';
import { NEXT_HEADER, TEXT } from '../helpers/asb-text.ts';
import { checkedFrame, frame, skippable } from '../helpers/frames.ts';
import { chunksOf, fromNdjson, itemsOf, parse, toNdjson, toText } from '../helpers/parsed.ts';
import type { Random } from './random.ts';

export interface Target {
  readonly name: string;
  readonly seeds: readonly Buffer[];
  /** @throws AsbError for input that is refused, anything else for a finding */
  run(input: Buffer, random: Random): void | Promise<void>;
}

/** Something that must not be. */
export class Finding extends Error {}

const FIXTURES = fileURLToPath(new URL('../../fixtures', import.meta.url));
const fixtures = (extension: string): Buffer[] =>
  globSync(`**/*.${extension}`, { cwd: FIXTURES }).map((name) =>
    readFileSync(`${FIXTURES}/${name}`),
  );

/** Most of a large fixture: short inputs are changed sooner where it hurts. */
const shortened = (bytes: Buffer): Buffer => bytes.subarray(0, 8000);

const texts = [TEXT, ...fixtures('asb').map(shortened)];

/** `bytes` cut at random. */
export const cutUp = (bytes: Buffer, random: Random): Buffer[] => {
  const most = random.pick([1, 3, 20, 1000]);
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = 1 + random.below(Math.ceil(bytes.length / most));
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return chunks;
};

const hold = (holds: boolean, what: string): void => {
  if (!holds) throw new Finding(what);
};

/** Runs `act`; gives `undefined` if it refused its input. */
const accepted = <Result>(act: () => Result): Result | undefined => {
  try {
    return act();
  } catch (error) {
    if (error instanceof AsbError) return undefined;
    throw error;
  }
};

const namespaceOf = (chunks: readonly RecordChunk[]): string => {
  const [first] = chunks.flatMap((chunk) => (chunk.kind === 'records' ? [chunk.at(0)] : []));
  return first?.namespace ?? 'test';
};

/** A text that is taken comes back from what was read. */
const comesBack = (input: Buffer): void => {
  const chunks = chunksOf(input);
  const namespace = namespaceOf(chunks);
  // Names that are no UTF-8, as of a namespace, and globals behind records have no way back.
  const text = accepted(() => toText(chunks, { namespace }));
  if (text === undefined) return;
  hold(toText(chunksOf(text), { namespace }).equals(text), 'text written of records is another');
  const lines = accepted(() => toNdjson(chunks));
  if (lines === undefined) return;
  const again = fromNdjson(lines, namespace);
  const items = itemsOf(again).filter((item) => Buffer.isBuffer(item));
  const wanted = itemsOf(chunks).filter((item) => Buffer.isBuffer(item));
  hold(Buffer.concat(items).equals(Buffer.concat(wanted)), 'NDJSON gives other records');
};

/** Damage is passed over, and gaps lie in order. */
const isSalvaged = (input: Buffer, random: Random): void => {
  let end = 0;
  const { error, info } = parse(cutUp(input, random), {
    salvage: true,
    onGap({ offset, length }) {
      // At the end nothing may be missing but more.
      hold(
        offset >= end && (length > 0 || offset === input.length),
        `a gap of ${length} at ${offset}, behind ${end}`,
      );
      end = offset + length;
    },
  });
  hold(end <= input.length, `a gap up to ${end} of ${input.length}`);
  hold(error === undefined, `salvage failed: ${String(error)}`);
  const strict = parse([input]);
  hold(info.records >= strict.info.records, 'salvage gave less');
};

const text: Target = {
  name: 'text',
  seeds: texts,
  run(input, random) {
    const whole = parse([input]);
    hold(sameReading(whole, parse(cutUp(input, random))), 'other chunks, another reading');
    const chunks = { scanned: cutUp(input, random), parsed: [input] };
    const fault = disagreement(input, chunks);
    hold(fault === undefined, String(fault));
    if (random.below(4) === 0) isSalvaged(input, random);
    if (whole.error !== undefined) return;
    comesBack(input);
    const end = random.pick([0, ...scan(cutUp(input, random)).ends]);
    if (end > 0) hold(parse([input.subarray(0, end)]).error === undefined, `not whole at ${end}`);
  },
};

/** Everything that `unpack` gives. */
const unpacked = async (chunks: readonly Buffer[]): Promise<Buffer> => {
  const pieces: Buffer[] = [];
  const sink = new Writable({
    objectMode: true,
    write(piece: Buffer, _encoding, done) {
      pieces.push(Buffer.from(piece));
      done();
    },
  });
  await pipeline(Readable.from(chunks), unpack({ windowLog: 20 }), sink);
  return Buffer.concat(pieces);
};

const framed = texts.map(shortened).map((content) => {
  const half = content.length >> 1;
  return Buffer.concat([frame(content.subarray(0, half)), checkedFrame(content.subarray(half))]);
});

const frames: Target = {
  name: 'frames',
  seeds: [...framed, Buffer.concat([skippable('skip'), frame(''), frame(NEXT_HEADER)])],
  async run(input, random) {
    const content = await unpacked(cutUp(input, random));
    hold((await unpacked([input])).equals(content), 'other chunks, another content');
    const fault = disagreement(content);
    hold(fault === undefined, String(fault));
  },
};

const ndjson: Target = {
  name: 'ndjson',
  seeds: fixtures('ndjson').map(shortened),
  run(input) {
    const chunks = fromNdjson(input.toString(), 'test');
    const lines = toNdjson(chunks);
    hold(toNdjson(fromNdjson(lines, 'test')) === lines, 'lines that were written read otherwise');
    const written = accepted(() => toText(chunks, { namespace: 'test' }));
    if (written !== undefined) hold(parse([written]).error === undefined, 'text that is none');
  },
};

export const TARGETS: readonly Target[] = [text, frames, ndjson];

import { type Duplex, type Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Encryption } from '../crypto/key.ts';
import { AsbError } from '../errors.ts';
import { giveBack } from '../memory/buffer-pool.ts';
import type { RecordChunk } from '../record/chunk.ts';
import { cat } from '../stages/cat.ts';
import { decompress } from '../stages/decompress.ts';
import { serialize } from '../stages/serialize.ts';
import type { BenchLanguage, Chain } from './chain.ts';
import type { Gauge } from './gauge.ts';
import type { Held } from './hold.ts';
import type { BenchPlace, End } from './place.ts';
import { Feed, makersOf, Nowhere, readersOf, type Setting, Summing, stagesOf } from './streams.ts';

/** What goes into a chain, in memory. */
export interface Prepared {
  readonly chunks: readonly (RecordChunk | Buffer)[];
  readonly bytes: number;
}

/** What stays the same for all that is measured. */
export interface Surroundings {
  readonly gauge: Gauge;
  readonly signal?: AbortSignal | undefined;
}

/** A chain with its settings and what goes into it. */
export interface Subject extends Setting {
  readonly chain: Chain;
  readonly input: Prepared;
  /** Needed by a chain that ends in one. */
  readonly place: BenchPlace | undefined;
}

/** One pass. */
export interface Run {
  readonly seconds: number;
  /** All threads of the process. */
  readonly cpuSeconds: number;
  /** Most resident memory of the process that was seen, in bytes; what is held is in it, too. */
  readonly peakMemory: number;
  /** Bytes that came out; of records, as they are on the wire. */
  readonly bytesOut: number;
}

/** What records are, however they are cut into batches. */
export interface Sum {
  readonly records: number;
  /** SHA-256 of their text, with blobs raw, in hexadecimal digits. */
  readonly sha256: string;
}

/** Below that no clock says anything; and nothing is divided by 0. */
const SHORTEST = 1e-6;

/** @throws what a stage throws, or the signal's reason in place of what it caused */
const runAll = async (
  streams: readonly (Readable | Duplex | Writable)[],
  signal: AbortSignal | undefined,
): Promise<void> => {
  try {
    await pipeline(streams, signal === undefined ? {} : { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
};

/** Makes of records what goes into a chain. */
export const prepare = async (
  held: Held,
  language: BenchLanguage,
  setting: Setting,
  { gauge, signal }: Surroundings,
): Promise<Prepared> => {
  if (language === 'records') return { chunks: held.chunks, bytes: held.bytes };
  const chunks: Buffer[] = [];
  let bytes = 0;
  const sink = new Writable({
    objectMode: true,
    write(chunk: Buffer, _encoding, done) {
      // In memory of just its size: what was lent is larger.
      chunks.push(Buffer.from(chunk));
      bytes += chunk.length;
      giveBack(chunk);
      done();
    },
  });
  await runAll([new Feed(held.chunks, gauge), ...makersOf(language, setting), sink], signal);
  return { chunks, bytes };
};

/** The sum of records that streams give. */
const sumFrom = async (
  streams: readonly (Readable | Duplex)[],
  namespace: string,
  signal: AbortSignal | undefined,
): Promise<Sum> => {
  const text = serialize({ namespace, compact: true, reuseMemory: true });
  const sink = new Summing();
  await runAll([...streams, text, sink], signal);
  return { records: text.info.records, sha256: sink.sum() };
};

/** What the records are that are held. */
export const sumOf = (held: Held, { gauge, signal }: Surroundings): Promise<Sum> =>
  sumFrom([new Feed(held.chunks, gauge)], held.namespace, signal);

const endOf = ({ chain, place, settings, encryption }: Subject): End | undefined => {
  if (chain.ends === undefined || place === undefined) return undefined;
  return chain.ends === 'rotate' ? place.files({ settings, encryption }) : place.file({ settings });
};

/**
 * Runs a subject once, by the clock. What it writes to its place is gone afterwards.
 *
 * @param look called when all is done, before that: with where the files are
 * @throws what a stage throws; the signal's reason
 */
export const runOnce = async (
  subject: Subject,
  { gauge, signal }: Surroundings,
  look: (home: End['home']) => Promise<void> = async () => {},
): Promise<Run> => {
  const feed = new Feed(subject.input.chunks, gauge);
  const stages = stagesOf(subject.chain, subject);
  // Last of all: it looks at its place at once.
  const end = endOf(subject);
  const nowhere = new Nowhere();
  try {
    const cpu = gauge.cpu();
    const begin = gauge.now();
    await runAll([feed, ...stages, end?.stream ?? nowhere], signal);
    const seconds = Math.max((gauge.now() - begin) / 1000, SHORTEST);
    const cpuSeconds = Math.max(gauge.cpu() - cpu, SHORTEST);
    feed.look();
    if (end !== undefined) await look(end.home);
    return {
      seconds,
      cpuSeconds,
      peakMemory: feed.peakMemory,
      bytesOut: end?.bytes() ?? nowhere.bytes,
    };
  } finally {
    await end?.clear();
  }
};

/**
 * Runs a subject, reads what it gives back to records, and holds these against what went in.
 * @throws AsbError `FORMAT` if they are others
 */
export const check = async (
  subject: Subject,
  expected: Sum,
  around: Surroundings,
): Promise<void> => {
  const { chain, namespace, encryption, settings, input } = subject;
  const { signal, gauge } = around;
  const readers = readersOf(chain.gives, subject);
  let found: Sum | undefined;
  if (chain.ends === undefined) {
    const streams = [new Feed(input.chunks, gauge), ...stagesOf(chain, subject), ...readers];
    found = await sumFrom(streams, namespace, signal);
  } else {
    await runOnce(subject, around, async (home) => {
      const files = await home.files();
      const ofFiles: Encryption | undefined =
        settings.encrypt === undefined ? undefined : { ...encryption, mode: settings.encrypt };
      // Of one file, whatever it holds; of several, one text.
      const streams =
        chain.ends === 'upload'
          ? [files[0]!.open(), ...readers]
          : [cat(files, { encryption: ofFiles }), ...readersOf('text', subject)];
      found = await sumFrom(streams, namespace, signal);
    });
  }
  if (found?.sha256 === expected.sha256 && found.records === expected.records) return;
  const stages = chain.links.map(({ stage }) => stage).join(' ');
  throw new AsbError(
    'FORMAT',
    `${stages}: what came out are other records than those that went in (${found?.records}, not ` +
      `${expected.records}, or with other values)`,
    { expected: `${expected.records} records with the sum ${expected.sha256}` },
  );
};

/**
 * What was checked once must be as long as what comes out now.
 * @throws AsbError `FORMAT`
 */
export const checkSize = ({ links }: Chain, bytes: number, expected: number): void => {
  if (bytes === expected) return;
  const stages = links.map(({ stage }) => stage).join(' ');
  throw new AsbError('FORMAT', `${stages}: ${bytes} bytes came out, and ${expected} before that`, {
    expected: `${expected} bytes`,
  });
};

/** What text is. */
export interface TextSum {
  readonly bytes: number;
  /** SHA-256, in hexadecimal digits. */
  readonly sha256: string;
}

/** What the text of the records is that are held. */
export const textSumOf = async (
  { chunks, namespace }: Held,
  { gauge, signal }: Surroundings,
): Promise<TextSum> => {
  const text = serialize({ namespace, reuseMemory: true });
  const sink = new Summing();
  await runAll([new Feed(chunks, gauge), text, sink], signal);
  return { bytes: text.info.bytes, sha256: sink.sum() };
};

/**
 * Runs a subject that gives frames, and holds the text in them against the sum of what it must be.
 * @throws AsbError `FORMAT` if it is another
 */
export const checkText = async (
  subject: Subject,
  sha256: string,
  { gauge, signal }: Surroundings,
): Promise<void> => {
  const sink = new Summing();
  const stages = stagesOf(subject.chain, subject);
  await runAll([new Feed(subject.input.chunks, gauge), ...stages, decompress(), sink], signal);
  const found = sink.sum();
  if (found === sha256) return;
  const expected = `text with the sum ${sha256}`;
  throw new AsbError('FORMAT', `what was compressed is other text: ${found}`, { expected });
};

/** What records are, apart from namespace and generation: a restore keeps all else. */
import type { RecordBatch } from '../../lib/record/batch.ts';
import type { RecordChunk } from '../../lib/record/chunk.ts';
import { readU16 } from '../../lib/record/layout.ts';
import { ParticleType } from '../../lib/record/particle.ts';
import { scan } from '../../lib/stages/scan.ts';

/** Before the cells stand flags (u8) and their count (u16). */
const GEO_CELLS_AT = 3;
const CELL_SIZE = 8;

/** What a restore keeps of a record: all but the void time as text. */
interface Fact {
  readonly voidTime: number;
  readonly rest: string;
}

/** By digest, in hex. */
export type Facts = Map<string, Fact>;

/**
 * Seconds by which a void time may be off: writes carry a ttl, and a machine that is busy with other
 * tests may apply them seconds later. The writer's own tests hold it to the second.
 */
const EDGE = 60;

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** A backup has the text alone: the server makes the cells when it is written. */
const withoutCells = (geo: Uint8Array): Uint8Array =>
  geo.subarray(GEO_CELLS_AT + readU16(geo, GEO_CELLS_AT - 2) * CELL_SIZE);

export const addFacts = (facts: Facts, batch: RecordBatch): void => {
  for (const record of batch) {
    const key = record.userKey;
    const bins = [...record.binList()].map(({ nameBytes, type, bytes }) =>
      [
        hex(nameBytes),
        type,
        hex(type === ParticleType.GEOJSON ? withoutCells(bytes) : bytes),
      ].join(),
    );
    facts.set(hex(record.digest), {
      voidTime: record.voidTime,
      rest: JSON.stringify([
        hex(record.setBytes),
        key === undefined ? null : [key.type, hex(key.bytes)],
        bins.sort(),
      ]),
    });
  }
};

/** Scans a namespace. */
export const scanFacts = async (
  seeds: string,
  namespace: string,
  sets: readonly string[] = [],
): Promise<Facts> => {
  const facts: Facts = new Map();
  const chunks: AsyncIterable<RecordChunk> = scan({
    seeds,
    namespace,
    sets,
    noIndexes: true,
    noUdfs: true,
  });
  for await (const chunk of chunks) {
    if (chunk.kind === 'records') addFacts(facts, chunk);
  }
  return facts;
};

/** Digests of records that only one of the two has, or has otherwise. */
export const differences = (one: Facts, other: Facts): string[] =>
  [...new Set([...one.keys(), ...other.keys()])].filter((digest) => {
    const [mine, yours] = [one.get(digest), other.get(digest)];
    if (mine === undefined || yours === undefined || mine.rest !== yours.rest) return true;
    if ((mine.voidTime === 0) !== (yours.voidTime === 0)) return true;
    return Math.abs(mine.voidTime - yours.voidTime) > EDGE;
  });

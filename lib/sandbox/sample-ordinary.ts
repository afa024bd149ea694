import { createHash } from 'node:crypto';
import { Double, FlaggedMap, GeoJson, type Value } from '../record/values.ts';
import type { SampleRecord } from './sample.ts';

/**
 * A void time in 2035: it must lie ahead of the clock, be the same every day, and be one that a
 * restore can write, for which the server takes ten years from now at most.
 */
const SAMPLE_VOID_TIME = 800_000_000;

const SETS = ['s1', 's2', '', 'set with space', 's1'] as const;

/**
 * The ordinary sample record with this number: 11 bins, keys of each type, one record in five
 * without a stored key, one in four that expires.
 */
export const ordinaryRecord = (index: number): SampleRecord => {
  const noise = createHash('md5').update(`sample ${index}`).digest();
  const x = (noise[0]! % 181) - 90;
  const y = (noise[1]! % 171) - 85;
  return {
    set: SETS[index % SETS.length]!,
    key: ordinaryKey(index),
    storesKey: index % 5 !== 3,
    generation: 1 + (index % 7),
    voidTime: index % 4 === 0 ? SAMPLE_VOID_TIME + index : 0,
    bins: [
      ['int', index * 6431 - 100],
      ['big', -4_611_686_018_427_387_904n + BigInt(index) * 1_600_000_000_037n],
      ['dbl', index / 7],
      ['dint', new Double(index)],
      ['str', `value ${index} \\ "q"\n`],
      ['utf', `ÄÖÜ ${String.fromCodePoint(0x1f600 + (index % 64))}`],
      ['blob', noise.subarray(0, index % 16)],
      ['bool', index % 2 === 0],
      ['list', [index, `s${index}`, [index + 0.5]]],
      [
        'map',
        new FlaggedMap(
          1,
          new Map<Value, Value>([
            ['id', index],
            ['nested', new FlaggedMap(1, new Map<Value, Value>([['k', index]]))],
            ['tags', ['a', `b${index}`]],
          ]),
        ),
      ],
      ['geo', new GeoJson(`{"type":"Point","coordinates":[${x},${y}]}`)],
    ],
  };
};

const ordinaryKey = (index: number): SampleRecord['key'] => {
  if (index % 4 === 0) return index;
  if (index % 4 === 1) return `key ${index}`;
  if (index % 4 === 2) return Buffer.from(`blob key ${index}`);
  return `k\n\\"${index}é`;
};

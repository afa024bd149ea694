/** Records for people to read: a block each, every value with its type. */
import { doubleText } from '../csv/json-text.ts';
import { messageOf } from '../errors.ts';
import { bareValue, isList } from '../record/bare-value.ts';
import { type Bin, decodeParticle } from '../record/bin.ts';
import { MapFlag } from '../record/msgpack.ts';
import { ParticleType } from '../record/particle.ts';
import type { AsbRecord } from '../record/record.ts';
import { Double, FlaggedList, FlaggedMap, GeoJson, type Value } from '../record/values.ts';
import { formatBytes, formatCount, formatDuration } from './format.ts';
import { printable, shortened } from './report.ts';
import { nameOf } from './verify-report.ts';

/** Characters that are shown of a value, and bytes of a blob. */
export const MAX_SHOWN = 2000;
const MAX_SHOWN_BYTES = 64;

const DAY = 86_400_000;

/**
 * A record in lines.
 * @param now from when it says how long the record lives
 */
export const recordLines = (record: AsbRecord, now: Date): string[] => {
  const rows = [
    ['digest', `${record.digest.toString('hex')}, partition ${record.partition}`],
    ['generation', String(record.generation)],
    ['expires', expiryText(record.expiresAt, now)],
  ] as const;
  const bins = [...record.binList()].map((bin) => [printable(bin.name), ...shown(bin)] as const);
  const nameWidth = Math.max(0, ...bins.map(([name]) => name.length));
  const typeWidth = Math.max(0, ...bins.map(([, type]) => type.length));
  return [
    `${setText(record)}, ${keyText(record)}`,
    ...rows.map(([name, text]) => `  ${name.padEnd(10)}  ${text}`),
    ...bins.map(
      ([name, type, text]) => `    ${name.padEnd(nameWidth)}  ${type.padEnd(typeWidth)}  ${text}`,
    ),
  ].map((line) => line.trimEnd());
};

const setText = ({ set }: AsbRecord): string =>
  set === '' ? 'in no set' : `set ${printable(JSON.stringify(set))}`;

const keyText = (record: AsbRecord): string => {
  try {
    const key = record.userKey;
    return key === undefined ? 'key not stored' : `key ${shownValue(key.value)}`;
  } catch (error) {
    return `key ${messageOf(error)}`;
  }
};

const expiryText = (expiresAt: Date | undefined, now: Date): string => {
  if (expiresAt === undefined) return 'never';
  const left = expiresAt.getTime() - now.getTime();
  const moment = expiresAt.toISOString().replace('.000', '');
  return left > 0 ? `${moment}, in ${spanText(left)}` : `${moment}, ${spanText(-left)} ago`;
};

const spanText = (span: number): string =>
  span < 2 * DAY ? formatDuration(span) : `${formatCount(Math.floor(span / DAY))} days`;

/** A bin's type and value; damage is told in its place. */
const shown = ({ type, bytes }: Bin): [type: string, text: string] => {
  const name = nameOf(type);
  try {
    const value = decodeParticle(type, bytes);
    const double = type === ParticleType.DOUBLE && typeof value === 'number';
    return [`${name}${flagsText(value)}`, shownValue(double ? new Double(value) : value)];
  } catch (error) {
    return [name, `${messageOf(error)}: ${hexText(bytes)}`];
  }
};

const flagsText = (value: Value): string => {
  if (value instanceof FlaggedList) return ', ordered';
  if (!(value instanceof FlaggedMap)) return '';
  return (value.flags & MapFlag.VALUE_ORDERED) === 0 ? ', by key' : ', by key and value';
};

const shownValue = (value: Value): string => shortened(printable(valueText(value)), MAX_SHOWN);

/** Much like JSON; bytes in hex, between angle brackets. */
const valueText = (value: Value): string => {
  const bare = bareValue(value);
  if (typeof bare === 'string') return JSON.stringify(bare);
  if (bare === null || typeof bare !== 'object') return String(bare);
  if (bare instanceof Double) return doubleText(bare.value);
  if (bare instanceof GeoJson) return bare.text;
  if (Buffer.isBuffer(bare)) return hexText(bare);
  if (isList(bare)) return `[${bare.map(valueText).join(', ')}]`;
  const entries = Array.from(bare, ([key, one]) => `${valueText(key)}: ${valueText(one)}`);
  return `{${entries.join(', ')}}`;
};

const hexText = (bytes: Uint8Array): string => {
  const hex = Buffer.from(bytes.subarray(0, MAX_SHOWN_BYTES)).toString('hex');
  return bytes.length > MAX_SHOWN_BYTES ? `<${hex}… ${formatBytes(bytes.length)}>` : `<${hex}>`;
};

import { ParticleType } from '../record/particle.ts';
import { GeoJson, TypedBytes, type Value } from '../record/values.ts';
import { doubleText, jsonText } from './json-text.ts';

/**
 * The value of a bin or a user key as the text of a cell: strings as they are, lists and maps as
 * JSON, GeoJSON its text, bytes of any kind base64.
 *
 * @param type its particle type: a `number` alone does not say whether it is a double
 * @returns `undefined` for no value
 */
export const cellText = (value: Value, type: number): string | undefined => {
  if (value === null) return undefined;
  if (typeof value === 'number' && type === ParticleType.DOUBLE) return doubleText(value);
  if (typeof value !== 'object') return String(value);
  if (value instanceof GeoJson) return value.text;
  if (value instanceof TypedBytes) return base64(value.bytes);
  return value instanceof Uint8Array ? base64(value) : jsonText(value);
};

const base64 = ({ buffer, byteOffset, length }: Uint8Array): string =>
  Buffer.from(buffer, byteOffset, length).toString('base64');

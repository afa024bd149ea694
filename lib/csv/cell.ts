import { bareValue } from '../record/bare-value.ts';
import { ParticleType } from '../record/particle.ts';
import { GeoJson, type Value } from '../record/values.ts';
import { doubleText, jsonText } from './json-text.ts';

/**
 * The value of a bin or a user key as the text of a cell: strings as they are, lists and maps as
 * JSON, GeoJSON its text, bytes of any kind base64.
 *
 * @param type its particle type: a `number` alone does not say whether it is a double
 * @returns `undefined` for no value
 */
export const cellText = (value: Value, type: number): string | undefined => {
  const bare = bareValue(value);
  if (bare === null) return undefined;
  if (typeof bare === 'number' && type === ParticleType.DOUBLE) return doubleText(bare);
  if (typeof bare !== 'object') return String(bare);
  if (bare instanceof GeoJson) return bare.text;
  return Buffer.isBuffer(bare) ? bare.toString('base64') : jsonText(bare);
};

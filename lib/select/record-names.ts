/** How people name a record: by its user key or its digest, as text. */
import { AsbError } from '../errors.ts';
import { encodeParticle, type Particle } from '../record/builder.ts';
import { DIGEST_SIZE } from '../record/layout.ts';

const KEY_FORMS = 'int:5, string:ada, blob:BASE64, or a bare key';
const DIGEST_FORMS = '40 hex digits, or 28 characters of base64';

const INTEGER = /^(?:0|-?[1-9]\d{0,18})$/;
const LOWEST = -(2n ** 63n);
const HIGHEST = 2n ** 63n - 1n;

const wrong = (what: string, text: string, expected: string): AsbError =>
  new AsbError('USAGE', `"${text}" is no ${what}; expected ${expected}`, { expected });

/**
 * Reads a user key: `int:5`, `string:ada`, `blob:AQI=` (base64). A bare key is a string, and where
 * its text is that of an integer, that integer too, since nobody can see which of them was meant.
 *
 * @returns one particle, or two for a bare integer
 * @throws AsbError `USAGE` for what is none of these
 */
export const parseKey = (text: string): Particle[] => {
  const { type, rest = '' } = /^(?<type>int|string|blob):(?<rest>.*)$/s.exec(text)?.groups ?? {};
  if (type === 'string') return [encodeParticle(rest)];
  if (type === 'blob') {
    const bytes = base64(rest);
    if (bytes === undefined) throw wrong('user key', text, KEY_FORMS);
    return [encodeParticle(bytes)];
  }
  const integer = integerOf(type === 'int' ? rest : text);
  if (type === 'int' && integer === undefined) throw wrong('user key', text, KEY_FORMS);
  if (type === 'int') return [encodeParticle(integer!)];
  if (text === '') throw wrong('user key', text, KEY_FORMS);
  return [encodeParticle(text), ...(integer === undefined ? [] : [encodeParticle(integer)])];
};

/**
 * Reads a digest: 20 bytes in hex, as `asadm` shows it, or in base64, as .asb and NDJSON have it.
 *
 * @throws AsbError `USAGE` for any other text
 */
export const parseDigest = (text: string): Buffer => {
  if (/^[0-9a-f]{40}$/i.test(text)) return Buffer.from(text, 'hex');
  const bytes = base64(text);
  if (bytes?.length === DIGEST_SIZE) return bytes;
  throw wrong('digest', text, DIGEST_FORMS);
};

const base64 = (text: string): Buffer | undefined => {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
};

const integerOf = (text: string): bigint | undefined => {
  if (!INTEGER.test(text)) return undefined;
  const value = BigInt(text);
  return value >= LOWEST && value <= HIGHEST ? value : undefined;
};

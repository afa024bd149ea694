/** The letters and words of .asb text, as bytes. */
import { ParticleType } from '../record/particle.ts';

export const SPACE = 0x20;
export const LF = 0x0a;
export const BACKSLASH = 0x5c;
export const BANG = 0x21;

const letter = (character: string): number => character.charCodeAt(0);
/** `+ k ` or `- I `, the begin of a line, as one word of 4 bytes. */
const head = (sign: string, kind: number): number =>
  (letter(sign) << 24) | (SPACE << 16) | (kind << 8) | SPACE;
export const KEY = head('+', letter('k'));
export const DIGEST = head('+', letter('d'));
export const SET = head('+', letter('s'));
export const GENERATION = head('+', letter('g'));
export const VOID_TIME = head('+', letter('t'));
export const BINS = head('+', letter('b'));
export const INTEGER = letter('I');
export const DOUBLE = letter('D');
export const STRING = letter('S');
export const BLOB = letter('B');
export const TRUE = letter('T');
export const FALSE = letter('F');

/** The letter of each particle type; 0: the format has none. */
export const LETTERS = new Uint8Array(256);
LETTERS[ParticleType.NULL] = letter('N');
LETTERS[ParticleType.INTEGER] = INTEGER;
LETTERS[ParticleType.DOUBLE] = DOUBLE;
LETTERS[ParticleType.STRING] = STRING;
LETTERS[ParticleType.BLOB] = BLOB;
LETTERS[ParticleType.JAVA_BLOB] = letter('J');
LETTERS[ParticleType.CSHARP_BLOB] = letter('C');
LETTERS[ParticleType.PYTHON_BLOB] = letter('P');
LETTERS[ParticleType.RUBY_BLOB] = letter('R');
LETTERS[ParticleType.PHP_BLOB] = letter('H');
LETTERS[ParticleType.ERLANG_BLOB] = letter('E');
/** Ours alone: asbackup aborts on a vector, and no peer reads one. */
LETTERS[ParticleType.VECTOR] = letter('V');
LETTERS[ParticleType.BOOLEAN] = letter('Z');
LETTERS[ParticleType.HLL] = letter('Y');
LETTERS[ParticleType.MAP] = letter('M');
LETTERS[ParticleType.LIST] = letter('L');
LETTERS[ParticleType.GEOJSON] = letter('G');

export const BIN_HEADS = Uint32Array.from(LETTERS, (kind) => head('-', kind));

/** The letters of .asb text, as bytes. */
import { ParticleType } from '../record/particle.ts';

export const letter = (character: string): number => character.charCodeAt(0);

/** The letter of each particle type; 0: the format has none. */
export const LETTERS = new Uint8Array(256);
LETTERS[ParticleType.NULL] = letter('N');
LETTERS[ParticleType.INTEGER] = letter('I');
LETTERS[ParticleType.DOUBLE] = letter('D');
LETTERS[ParticleType.STRING] = letter('S');
LETTERS[ParticleType.BLOB] = letter('B');
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

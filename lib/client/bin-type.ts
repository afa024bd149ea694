import { ParticleType } from '../record/particle.ts';

/** The type of a bin, by the words of NDJSON, where the client's value leaves it open. */
export type BinType =
  | 'integer'
  | 'double'
  | 'string'
  | 'geojson'
  | 'blob'
  | 'java'
  | 'csharp'
  | 'python'
  | 'ruby'
  | 'php'
  | 'erlang'
  | 'vector'
  | 'hll'
  | 'list'
  | 'map';

const PARTICLE_TYPES: Readonly<Record<BinType, number>> = {
  integer: ParticleType.INTEGER,
  double: ParticleType.DOUBLE,
  string: ParticleType.STRING,
  geojson: ParticleType.GEOJSON,
  blob: ParticleType.BLOB,
  java: ParticleType.JAVA_BLOB,
  csharp: ParticleType.CSHARP_BLOB,
  python: ParticleType.PYTHON_BLOB,
  ruby: ParticleType.RUBY_BLOB,
  php: ParticleType.PHP_BLOB,
  erlang: ParticleType.ERLANG_BLOB,
  vector: ParticleType.VECTOR,
  hll: ParticleType.HLL,
  list: ParticleType.LIST,
  map: ParticleType.MAP,
};

/** The particle type of a bin's type. */
export const particleTypeOf = (type: BinType): number => PARTICLE_TYPES[type];

/** Types that the client gives as a plain Buffer. */
export const BLOB_TYPES: ReadonlySet<BinType | undefined> = new Set<BinType>([
  'blob',
  'java',
  'csharp',
  'python',
  'ruby',
  'php',
  'erlang',
  'vector',
  'hll',
]);

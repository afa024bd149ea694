import { ParticleType } from '../record/particle.ts';

/** Words for what a bin holds, where the client's value leaves it open. */
const BIN_TYPES = {
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
} as const;

/** The type of a bin, by the words of NDJSON: `integer`, `double`, `geojson`, `hll` … */
export type BinType = keyof typeof BIN_TYPES;

/** The particle type of a bin's type. */
export const particleTypeOf = (type: BinType): number => BIN_TYPES[type];

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

/** Particle types: the type byte of a bin's value on the wire. */
export const ParticleType = {
  NULL: 0,
  INTEGER: 1,
  DOUBLE: 2,
  STRING: 3,
  BLOB: 4,
  JAVA_BLOB: 7,
  CSHARP_BLOB: 8,
  PYTHON_BLOB: 9,
  RUBY_BLOB: 10,
  PHP_BLOB: 11,
  ERLANG_BLOB: 12,
  VECTOR: 16,
  BOOLEAN: 17,
  HLL: 18,
  MAP: 19,
  LIST: 20,
  GEOJSON: 23,
} as const;

export type ParticleType = (typeof ParticleType)[keyof typeof ParticleType];

/** The field's own names, as NDJSON tags and messages use them. */
export const PARTICLE_NAMES: ReadonlyMap<number, string> = new Map([
  [ParticleType.NULL, 'null'],
  [ParticleType.INTEGER, 'integer'],
  [ParticleType.DOUBLE, 'double'],
  [ParticleType.STRING, 'string'],
  [ParticleType.BLOB, 'blob'],
  [ParticleType.JAVA_BLOB, 'java'],
  [ParticleType.CSHARP_BLOB, 'csharp'],
  [ParticleType.PYTHON_BLOB, 'python'],
  [ParticleType.RUBY_BLOB, 'ruby'],
  [ParticleType.PHP_BLOB, 'php'],
  [ParticleType.ERLANG_BLOB, 'erlang'],
  [ParticleType.VECTOR, 'vector'],
  [ParticleType.BOOLEAN, 'boolean'],
  [ParticleType.HLL, 'hll'],
  [ParticleType.MAP, 'map'],
  [ParticleType.LIST, 'list'],
  [ParticleType.GEOJSON, 'geojson'],
]);

/** Bytes of a GeoJSON particle that has no cells, before its text. */
export const GEOJSON_HEADER_SIZE = 3;

/**
 * Bytes of a GeoJSON particle before its text: flags u8, cell count u16, then the cells, 8 bytes
 * each. The cells are the server's index of the shape: it makes them anew on every write.
 */
export const geoJsonTextOffset = (bytes: Uint8Array, at: number): number =>
  GEOJSON_HEADER_SIZE + 8 * ((bytes[at + 1]! << 8) | bytes[at + 2]!);

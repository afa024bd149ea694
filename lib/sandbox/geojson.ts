import { GEOJSON_HEADER_SIZE, geoJsonTextOffset } from '../record/particle.ts';

/** The shapes that the server takes. */
const SHAPES: readonly unknown[] = ['Point', 'Polygon', 'MultiPolygon', 'AeroCircle'];

/**
 * What is stored of a GeoJSON particle that is written: its text. The server ignores the cells that
 * come with it too, but makes its own.
 *
 * @returns nothing if it is none: too short for its cells, or no shape. Coordinates are not checked
 */
export const storedGeoJson = (particle: Buffer): Buffer | undefined => {
  if (particle.length < GEOJSON_HEADER_SIZE) return undefined;
  const textAt = geoJsonTextOffset(particle, 0);
  if (textAt > particle.length || !isShape(parse(particle.toString('utf8', textAt)))) {
    return undefined;
  }
  return Buffer.concat([Buffer.alloc(GEOJSON_HEADER_SIZE), particle.subarray(textAt)]);
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // no JSON, no shape
  }
};

const isShape = (value: unknown): boolean => {
  if (typeof value !== 'object' || value === null || !('type' in value)) return false;
  if (value.type === 'Feature') return 'geometry' in value && isShape(value.geometry);
  return SHAPES.includes(value.type) && 'coordinates' in value;
};

import { realpath } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import { isS3Url } from './s3/url.ts';

/**
 * Whether a file is at a place, or below it: whoever empties the place would remove it.
 *
 * @param file a path or URL
 * @param place a directory, a prefix, or a file
 */
export const isInside = async (file: string, place: string): Promise<boolean> => {
  if (isS3Url(file) !== isS3Url(place)) return false;
  const [inner, outer] = await Promise.all([canonical(file), canonical(place)]);
  return inner.startsWith(outer);
};

/** The one name of a location, with a slash behind it: that of the root has no other. */
const canonical = async (location: string): Promise<string> => {
  if (isS3Url(location)) return location.replace(/\/*$/, '/');
  const path = resolve(location);
  const real = await realpath(path).catch(() => path); // what is not there yet has no other name
  return real.endsWith(sep) ? real : `${real}${sep}`;
};

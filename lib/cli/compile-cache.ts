/** Where compiled code is kept from one start to the next. */
import { statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';

/** Write permission of the group and of others. */
const WRITABLE_BY_OTHERS = 0o022;

/**
 * A directory of the user's own, in their cache directory (`$XDG_CACHE_HOME`, or else `~/.cache`); none if
 * there is no cache directory, or if it is not this user's alone. Code that was compiled is run as it is
 * found, so who writes there runs code as who reads there: not /tmp, and not the home that sudo keeps of
 * somebody else.
 *
 * @param uid whom this process acts as; `undefined` where the system has no such thing
 */
export const compileCachePlace = (
  { XDG_CACHE_HOME: cache = '', HOME: home = '' }: NodeJS.ProcessEnv,
  uid: number | undefined,
): string | undefined => {
  const place = isAbsolute(cache) ? cache : join(home, '.cache');
  return uid !== undefined && isAbsolute(place) && isOwn(place, uid)
    ? join(place, 'asb-streams')
    : undefined;
};

const isOwn = (directory: string, owner: number): boolean => {
  try {
    const stats = statSync(directory);
    return stats.isDirectory() && stats.uid === owner && (stats.mode & WRITABLE_BY_OTHERS) === 0;
  } catch {
    return false; // it is not there, or nobody may look: then nothing is kept
  }
};

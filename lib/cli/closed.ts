import { constants, existsSync, fstatSync, readFileSync, statSync } from 'node:fs';
import { devNull } from 'node:os';
import { join } from 'node:path';

/** Of the flags of an open file, those that say whether it is read or written. */
const ACCESS_MODES = constants.O_RDONLY | constants.O_WRONLY | constants.O_RDWR;

/**
 * Whether a standard stream was closed when this process began (`>&-`): then Node has opened
 * /dev/null in its place, to read and write; a shell opens it for one of them. Without a look, a backup
 * would go nowhere and look well. Linux alone tells.
 *
 * @param fd a file descriptor
 * @param facts where the system tells of descriptors
 */
export const wasClosed = (fd: number, facts = '/proc/self/fdinfo'): boolean => {
  if (!existsSync(facts) || fstatSync(fd).rdev !== statSync(devNull).rdev) return false;
  const flags = /^flags:\s*(\d+)/m.exec(readFileSync(join(facts, `${fd}`), 'latin1'))?.[1];
  return (Number.parseInt(flags ?? '0', 8) & ACCESS_MODES) === constants.O_RDWR;
};

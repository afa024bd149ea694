import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The version of this package. */
export const packageVersion = (): string => {
  const path = fileURLToPath(import.meta.resolve('asb-streams/package.json'));
  const { version }: { version: string } = JSON.parse(readFileSync(path, 'utf8'));
  return version;
};

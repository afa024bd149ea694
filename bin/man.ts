/** `npm run build`: writes the manual pages into a directory: `node bin/man.ts dist/man`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { allCommands } from '../lib/cli/commands.ts';
import { manPages } from '../lib/cli/man.ts';
import { packageVersion } from '../lib/jobs/version.ts';

const [, , directory = 'dist/man'] = process.argv;
const date = new Date().toISOString().slice(0, 10);
mkdirSync(directory, { recursive: true });
for (const [name, text] of manPages(await allCommands(), { version: packageVersion(), date })) {
  writeFileSync(join(directory, name), text);
}

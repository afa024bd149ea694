/**
 * Writes 3 MiB to a file in the directory that is named, and prints how that ended; run under
 * `ulimit -f`, which is the full disk that works everywhere.
 */
import { randomBytes } from 'node:crypto';
import { AsbError } from '../../lib/errors.ts';
import { directory } from '../../lib/storage/directory.ts';

// Node ignores it, but what tap loads into its children does not.
process.on('SIGXFSZ', () => {});

const storage = directory(process.argv[2] ?? '');
await storage.prepare({ removeFiles: false });
const file = await storage.create('a.asb');
try {
  for (let written = 0; written < 3 * 1024 * 1024; written += 300_000) {
    await file.write(randomBytes(300_000));
  }
  await file.close();
} catch (error) {
  await file.abort();
  if (!(error instanceof AsbError)) throw error;
  console.log(JSON.stringify({ code: error.code, file: error.facts.file }));
}

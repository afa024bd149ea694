/**
 * `npm run demo`: starts a sandbox node with sample data, looks into it, backs it up in one command
 * and as four filters in a shell, and compares both with what the sandbox holds.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startSandbox } from '../lib/sandbox/index.ts';

const RECORDS = 20_000;
const ASB = fileURLToPath(new URL('asb.ts', import.meta.url));

const title = (text: string): void => console.log(`\n\u001b[1m${text}\u001b[0m`);

/** Runs a line of shell in which `asb` is this checkout's, and gives what it printed. */
const shell = (line: string, cwd: string): Promise<string> =>
  new Promise((resolve, reject) => {
    console.log(`$ ${line}`);
    const script = `set -e; asb() { "${process.execPath}" "${ASB}" "$@"; }; ${line}`;
    const child = spawn('bash', ['-c', script], { cwd, stdio: ['ignore', 'pipe', 'inherit'] });
    let printed = '';
    // One character a byte: a backup is no text in any charset.
    child.stdout.setEncoding('latin1').on('data', (chunk) => {
      printed += chunk;
    });
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(printed);
      else reject(new Error(`"${line}" ended with ${code}`));
    });
  });

/** All lines of a backup in one order: parts of a backup come in another each time. */
const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .filter((line) => !/^(Version|#) /.test(line))
    .sort();

const digestsOf = (lines: readonly string[]): string[] =>
  lines.filter((line) => line.startsWith('+ d ')).map((line) => line.slice(4));

const show = (directory: string): void => {
  for (const name of readdirSync(directory).sort()) {
    console.log(`  ${name}  ${statSync(join(directory, name)).size.toLocaleString('en')} bytes`);
  }
};

title(`A sandbox node with ${RECORDS.toLocaleString('en')} records of every type`);
const sandbox = await startSandbox({ records: RECORDS });
const place = mkdtempSync(join(tmpdir(), 'asb-demo-'));
try {
  const host = sandbox.seeds[0];
  console.log(`listens on ${host}`);

  title('Look at records: scan gives NDJSON');
  const all = await shell(`asb scan -h ${host} -n test -I -u`, place);
  const scanned = all.trimEnd().split('\n');
  console.log(`  ${scanned.find((line) => line.includes('"tags"'))?.slice(0, 200)}…`);

  title('Back up in one command');
  await shell(`asb backup -h ${host} -n test -d backup -F 1`, place);
  show(join(place, 'backup'));

  title('Back up in a shell, by four filters');
  await shell(
    `set -o pipefail; asb scan -h ${host} -n test | asb serialize -n test | asb compress | asb rotate -d piped`,
    place,
  );
  show(join(place, 'piped'));

  title('Compare record by record');
  const backedUp = linesOf(await shell('cat backup/*.asb', place));
  const piped = linesOf(await shell('cat piped/*.asb | asb decompress', place));
  const digests = digestsOf(backedUp);
  const known = new Set(scanned.map((line) => JSON.parse(line).digest));
  const held = new Set(digests);
  const missing = [...known].filter((digest) => !held.has(digest));
  console.log(`  scanned ${known.size} records; the backup holds ${digests.length} of them`);
  if (known.size !== RECORDS || digests.length !== RECORDS || missing.length > 0) {
    throw new Error(`${missing.length} records are missing`);
  }
  if (backedUp.join('\n') !== piped.join('\n')) throw new Error('the two backups differ');
  console.log('  both backups hold the same, to the byte');

  title('On your own cluster');
  console.log('  npm run --silent asb -- backup -h HOST:3000 -n NAMESPACE -d out');
} finally {
  await sandbox.close();
  rmSync(place, { recursive: true, force: true });
}

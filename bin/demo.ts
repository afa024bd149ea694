/**
 * `npm run demo`: starts a sandbox node with sample data, looks into it, backs it up in one command
 * and as four filters in a shell, compares both with what the sandbox holds, and restores one of
 * them to another namespace, record by record the same.
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

/** Seconds by which a void time may be off: a write carries a ttl, and meets a second or the next. */
const EDGE = 2;

/** Digests of records that only one of two scans has, or has otherwise, but for the generation. */
const differencesOf = (one: readonly string[], other: readonly string[]): string[] => {
  const byDigest = new Map(other.map((line) => [JSON.parse(line).digest, line]));
  const facts = (line: string) => {
    const { generation: _, voidTime = 0, ...rest } = JSON.parse(line);
    return { voidTime: Number(voidTime), rest: JSON.stringify(rest) };
  };
  const lost = one.flatMap((line) => {
    const { digest } = JSON.parse(line);
    const copy = byDigest.get(digest);
    byDigest.delete(digest);
    if (copy === undefined) return [digest];
    const [mine, yours] = [facts(line), facts(copy)];
    const isSame = mine.rest === yours.rest && Math.abs(mine.voidTime - yours.voidTime) <= EDGE;
    return isSame ? [] : [digest];
  });
  return [...lost, ...byDigest.keys()];
};

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

  title('Restore the backup to another namespace');
  await shell(`asb restore -h ${host} -n test,copy -d backup`, place);
  const restored = await shell(`asb scan -h ${host} -n copy -I -u`, place);
  const differing = differencesOf(scanned, restored.trimEnd().split('\n'));
  if (differing.length > 0) throw new Error(`${differing.length} records differ`);
  console.log(`  ${scanned.length} records are the same in both namespaces, bin by bin`);

  title('On your own cluster');
  console.log('  npm run --silent asb -- backup -h HOST:3000 -n NAMESPACE -d out');
  console.log('  npm run --silent asb -- restore -h HOST:3000 -d out');
} finally {
  await sandbox.close();
  rmSync(place, { recursive: true, force: true });
}

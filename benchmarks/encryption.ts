/**
 * Question: what do `asb encrypt` and `asb decrypt` take beside `openssl enc` with the same cipher?
 * Whole processes, in turn, from a file to nowhere and to a file.
 */
import { randomBytes } from 'node:crypto';
import { appendFileSync, readFileSync, rmSync, statSync } from 'node:fs';
import type { Measured } from './job.ts';
import { ASB, runCommand, runJob, startReplayServer } from './process.ts';
import { bytesTable, type Row } from './table.ts';

/** Times that the text is repeated: starting Node takes as long as 0.3 GB of openssl. */
const COPIES = 8;

const KEY = '00112233445566778899aabbccddeeff';
const OPENSSL = ['openssl', 'enc', '-aes-128-ctr', '-K', KEY, '-iv', KEY];

/** @param records that the text holds which is encrypted */
export const benchEncryption = async (
  records: number,
  repeats: number,
  place: string,
): Promise<string> => {
  const plain = `${place}/plain`;
  const secret = `${place}/secret`;
  const output = `${place}/output`;
  const server = await startReplayServer(records);
  await runJob('files', server.host, 'bench', place).finally(() => server.stop());
  // What is between its ends is not looked at.
  const bytes = readFileSync(`${place}/bench.asb`);
  for (let copy = 0; copy < COPIES; copy++) appendFileSync(plain, bytes);
  process.env.ASB_BENCH_KEY = randomBytes(32).toString('base64');
  const ours = (command: string): string[] => [
    ...[...ASB, command],
    ...['--mode', 'aes128', '--encryption-key-env', 'ASB_BENCH_KEY'],
  ];
  await runCommand(ours('encrypt'), 0, { input: plain, output: secret });

  const measure = async (command: readonly string[], from: string, to: string) => {
    rmSync(output, { force: true });
    const measured = await runCommand(command, 0, { input: from, output: to });
    const size = statSync(from).size;
    if (to !== '/dev/null' && Math.abs(statSync(to).size - size) > 16) {
      throw new Error(`${command.join(' ')} wrote ${statSync(to).size} bytes of ${size}`);
    }
    return { ...measured, bytes: size };
  };
  const tables: string[] = [];
  for (const [command, from, decrypts] of [
    ['encrypt', plain, []],
    ['decrypt', secret, ['-d']],
  ] as const) {
    for (const to of ['/dev/null', output]) {
      const where = to === output ? 'to a file' : 'to nowhere';
      const own: Row & { runs: Measured[] } = { name: `asb ${command}, ${where}`, runs: [] };
      const other: Row & { runs: Measured[] } = { name: `openssl, ${where}`, runs: [] };
      for (let repeat = 0; repeat < repeats; repeat++) {
        own.runs.push(await measure(ours(command), from, to));
        other.runs.push(await measure([...OPENSSL, ...decrypts], from, to));
      }
      tables.push(bytesTable([other, own], other));
    }
  }
  for (const file of [plain, secret, output]) rmSync(file, { force: true });
  return tables.join('\n\n');
};

/**
 * Question: what do `asb encrypt` and `asb decrypt` take beside `openssl enc` with the same cipher?
 * Whole processes, in turn, from a file to nowhere: to a file, the file system is what is measured.
 */
import { randomBytes } from 'node:crypto';
import { appendFileSync, readFileSync, rmSync, statSync } from 'node:fs';
import type { Measured } from './job.ts';
import { ASB, makeText, runCommand } from './process.ts';
import { inTurn, type Section } from './table.ts';

/** Times that the text is repeated: starting Node takes as long as 0.3 GB of openssl. */
const COPIES = 8;

const KEY = '00112233445566778899aabbccddeeff';
const OPENSSL = ['openssl', 'enc', '-aes-128-ctr', '-K', KEY, '-iv', KEY];

/** @param records that the text holds which is encrypted */
export const benchEncryption = async (
  records: number,
  repeats: number,
  place: string,
): Promise<Section[]> => {
  const plain = `${place}/plain`;
  const secret = `${place}/secret`;
  // What is between its ends is not looked at.
  const bytes = readFileSync(await makeText(records, place));
  for (let copy = 0; copy < COPIES; copy++) appendFileSync(plain, bytes);
  process.env.ASB_BENCH_KEY = randomBytes(32).toString('base64');
  const ours = (command: string): string[] => [
    ...[...ASB, command],
    ...['--mode', 'aes128', '--encryption-key-env', 'ASB_BENCH_KEY'],
  ];
  await runCommand(ours('encrypt'), 0, { input: plain, output: secret });
  if (statSync(secret).size !== statSync(plain).size + 16) throw new Error('not all was encrypted');

  const sections: Section[] = [];
  for (const [command, from, decrypts] of [
    ['encrypt', plain, []],
    ['decrypt', secret, ['-d']],
  ] as const) {
    const measure = (line: readonly string[]) => async (): Promise<Measured> => ({
      ...(await runCommand(line, 0, { input: from })),
      bytes: statSync(from).size,
    });
    const rows = await inTurn(
      [
        [`openssl enc ${decrypts}`.trim(), measure([...OPENSSL, ...decrypts])],
        [`asb ${command}`, measure(ours(command))],
      ],
      repeats,
    );
    sections.push({ title: `Encryption: ${command}`, rows, by: 'bytes' });
  }
  for (const file of [plain, secret]) rmSync(file);
  return sections;
};

/** Every command that writes to standard output, with an input that gives more than pipes hold. */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import type { Test } from 'tap';
import { startSandbox } from '../../lib/sandbox/index.ts';
import { run } from '../helpers/asb.ts';
import { HEADER } from '../helpers/asb-text.ts';
import { writeKey } from '../helpers/keys.ts';
import { s3Target } from '../helpers/s3/target.ts';

export interface FilterRow {
  readonly name: string;
  readonly args: readonly string[];
  /** A file for standard input; what reads none has none. */
  readonly input?: string;
  /** Whether its reader may take a part and go. */
  readonly readerMayGo: boolean;
  readonly env: Readonly<Record<string, string>>;
}

/** Notes, and one line that tells the error; nothing that looks like a stack trace. */
export const ONE_LINE = /^(?:(?:warning|note): [^\n]*\n)*asb [^\n]*\n$/;

const DIGEST = 'AAECAwQFBgcICQoLDA0ODxAREhM=';
const RECORDS = 5000;

/** 2.5 MB of .asb text that does not get smaller. */
export const largeText = (): Buffer => {
  const units = Array.from({ length: RECORDS }, (_, index) => {
    const value = randomBytes(300).toString('base64');
    return `+ k I ${index}\n+ n test\n+ d ${DIGEST}\n+ g 1\n+ t 0\n+ b 1\n- S s 400 ${value}\n`;
  });
  return Buffer.concat([HEADER, Buffer.from(units.join(''))]);
};

/**
 * The filters, and what they need: files, a sandbox, and a server of S3 for as long as the test runs.
 * @param directory for their inputs
 */
export const startFilters = async (t: Test, directory: string): Promise<FilterRow[]> => {
  const sandbox = await startSandbox({ records: RECORDS });
  t.teardown(() => sandbox.close());
  const { server, bucket, env, endpoint } = await s3Target(t);
  const file = (name: string, bytes: Uint8Array): string => {
    const path = join(directory, name);
    writeFileSync(path, bytes);
    return path;
  };
  const bytes = largeText();
  const key = ['--mode', 'aes128', '--encryption-key-file', writeKey(join(directory, 'key.pem'))];
  const text = file('text.asb', bytes);
  const frames = file('frames.zst', zstdCompressSync(bytes));
  const ndjson = file('lines.ndjson', (await run(['parse'], { input: bytes })).stdout);
  const sealed = file('sealed.asb', (await run(['encrypt', ...key], { input: bytes })).stdout);
  server?.put(bucket, 'text.asb', bytes);
  const nodes = ['-h', sandbox.seeds.join(','), '-n', 'test'];
  const s3 = ['--s3-endpoint-override', endpoint, `s3://${bucket}/text.asb`];
  const row = (args: readonly string[], input?: string): FilterRow => ({
    name: args[0] ?? '',
    args,
    readerMayGo: true,
    env,
    ...(input === undefined ? {} : { input }),
  });
  return [
    row(['scan', ...nodes]),
    row(['serialize', '-n', 'test'], ndjson),
    row(['parse'], text),
    row(['compress'], text),
    row(['decompress'], frames),
    row(['encrypt', ...key], text),
    row(['decrypt', ...key], sealed),
    row(['cat', text]),
    row(['download', ...s3]),
    { ...row(['backup', ...nodes, '-o', '-']), readerMayGo: false },
  ];
};

/**
 * What a shell does first: what tests load into every process takes half of its time, and undoes that
 * Node ignores SIGXFSZ.
 */
export const PLAIN = 'unset NODE_OPTIONS;';

/** A row as a shell has it. */
export const lineOf = ({ args, input = '/dev/null' }: FilterRow): string =>
  `asb ${args.map((arg) => `'${arg}'`).join(' ')} < '${input}'`;

/** Does something with each row, two at a time: starting a process takes most of the time. */
export const withEach = async <T>(
  rows: readonly T[],
  check: (row: T) => Promise<void>,
): Promise<void> => {
  const left = rows.values();
  const worker = async (): Promise<void> => {
    for (const row of left) await check(row);
  };
  await Promise.all([worker(), worker()]);
};

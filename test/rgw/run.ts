/**
 * Starts Ceph's radosgw and runs the S3 suite against it, or any other command:
 *
 *     node test/rgw/run.ts [-- COMMAND [ARGUMENT…]]
 *
 * The command finds the server in S3_TEST_ENDPOINT, and in AWS's variables a user who may do all.
 * The exit status is that of the command, or tells the signal that ended us. No process and no file
 * is left behind; after SIGKILL, a small directory is, and what does not end with the command.
 */
import { globSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runCommand } from './command.ts';
import { missingPrograms, PACKAGES, startRadosgw } from './radosgw.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SUITE = 'test/s3/suite*.test.ts';

/** The S3 suite; without coverage, which `npm test` has. tap reads its settings where it runs. */
const suite = (): string[] => {
  process.chdir(ROOT);
  const files = globSync(SUITE);
  if (files.length === 0) throw new Error(`no test is called ${SUITE}`);
  return [process.execPath, `${ROOT}node_modules/.bin/tap`, '--disable-coverage', ...files];
};

const run = async (command: readonly string[], stopped: AbortSignal): Promise<number> => {
  const radosgw = await startRadosgw(stopped);
  try {
    const status = await runCommand({
      command,
      env: {
        S3_TEST_ENDPOINT: radosgw.endpoint,
        AWS_ACCESS_KEY_ID: radosgw.accessKeyId,
        AWS_SECRET_ACCESS_KEY: radosgw.secretAccessKey,
        AWS_REGION: 'us-east-1',
        AWS_SESSION_TOKEN: undefined,
        AWS_PROFILE: undefined,
      },
      signal: AbortSignal.any([stopped, radosgw.failed]),
    });
    stopped.throwIfAborted();
    radosgw.failed.throwIfAborted();
    return status;
  } finally {
    await radosgw.stop();
  }
};

/** A signal that ends us. */
class Interruption extends Error {
  /** Exit status, as a shell would give it. */
  readonly status: number;

  constructor(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP') {
    super(`ended by ${signal}`);
    this.status = 128 + constants.signals[signal];
  }
}

const main = async (): Promise<number> => {
  const { positionals } = parseArgs({ allowPositionals: true });
  const missing = missingPrograms();
  if (missing.length > 0) {
    throw new Error(`${missing.join(', ')} not found; on Debian: apt-get install ${PACKAGES}`);
  }
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => stop.abort(new Interruption(signal)));
  }
  return run(positionals.length > 0 ? positionals : suite(), stop.signal);
};

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = error instanceof Interruption ? error.status : 1;
}

/** Processes that a benchmark starts, and what they cost. */
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Measured } from './job.ts';

const beside = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/** The compiled file beside this one: benchmarks run what users run. */
const script = (name: string): string => beside(`./${name}.js`);

/** The command `asb`, as it is published. */
export const ASB: readonly string[] = [process.execPath, beside('../bin/asb.cjs')];

/** A script that serves until its standard input ends. */
export interface Server {
  /** The first line that it printed. */
  readonly line: string;
  stop(): void;
}

/** Starts a script and waits until it says where it listens. */
export const startServer = async (name: string, args: readonly string[] = []): Promise<Server> => {
  const child = spawn(process.execPath, [script(name), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  for await (const line of createInterface(child.stdout)) {
    return { line, stop: () => child.stdin.end() };
  }
  throw new Error(`${name} did not start`);
};

export interface ReplayServer {
  /** `127.0.0.1:port` */
  readonly host: string;
  stop(): void;
}

/** Starts the replay server and waits until it listens. */
export const startReplayServer = async (records: number): Promise<ReplayServer> => {
  const { line, stop } = await startServer('replay-server', [String(records)]);
  return { host: `127.0.0.1:${line}`, stop };
};

interface Finished {
  readonly stdout: string;
  readonly stderr: string;
}

/** Where a command's standard streams lead; nowhere if left out. */
export interface Redirected {
  /** File that it reads. */
  readonly input?: string;
  /** File that it writes. */
  readonly output?: string;
}

const run = (
  command: readonly string[],
  output: 'pipe' | 'ignore' | number,
  input: 'ignore' | number = 'ignore',
  { signal, env }: Pick<ScriptOptions, 'signal' | 'env'> = {},
): Promise<Finished> =>
  new Promise((resolve, reject) => {
    const child = spawn(command[0]!, command.slice(1), {
      stdio: [input, output, 'pipe'],
      killSignal: 'SIGKILL',
      ...(signal === undefined ? {} : { signal }),
      ...(env === undefined ? {} : { env: { ...process.env, ...env } }),
    });
    let stdout = '';
    let stderr = '';
    let failure: Error | undefined;
    child.stdout?.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr?.on('data', (chunk) => {
      stderr += chunk;
    });
    child.once('error', (error) => {
      failure = error; // it is over when it has closed: then nothing writes any more
    });
    child.once('close', (code) => {
      if (failure !== undefined) reject(failure);
      else if (code === 0) resolve({ stdout, stderr });
      else reject(new Error(`${command.join(' ')} ended with ${code}: ${stderr}`));
    });
  });

/** How a script is run. */
export interface ScriptOptions {
  /** Of Node, before the script. */
  readonly flags?: readonly string[];
  /** Beside the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Ends it at once. */
  readonly signal?: AbortSignal;
}

/** Runs a script. @returns what it printed */
export const runScript = async (
  name: string,
  args: readonly string[],
  { flags = [], ...options }: ScriptOptions = {},
): Promise<string> => {
  const command = [process.execPath, ...flags, script(name), ...args];
  return (await run(command, 'pipe', 'ignore', options)).stdout;
};

/** One job of `job.ts` that asks no server, as a command: for those that are measured as whole processes. */
export const jobCommand = (name: string, place: string): readonly string[] => [
  ...[process.execPath, script('job'), name],
  ...['', '', place],
];

/** Runs one job of `job.ts`, which measures itself. */
export const runJob = async (
  name: string,
  host: string,
  namespace: string,
  place: string,
): Promise<Measured> => {
  return JSON.parse(await runScript('job', [name, host, namespace, place]));
};

/**
 * Runs a whole command under GNU time (Debian's package `time`): for peers, and for `asb` beside
 * them. Its standard output is thrown away, unless it is redirected.
 */
export const runCommand = async (
  command: readonly string[],
  records: number,
  { input = '/dev/null', output = '/dev/null' }: Redirected = {},
): Promise<Measured> => {
  const [from, to] = [openSync(input, 'r'), openSync(output, 'w')];
  try {
    const timed = ['/usr/bin/time', '-f', '@%e %U %S %M', ...command];
    const { stderr } = await run(timed, to, from);
    const figures = /@([\d.]+) ([\d.]+) ([\d.]+) (\d+)\n$/.exec(stderr);
    if (figures === null) throw new Error(`no figures of GNU time in: ${stderr.slice(-200)}`);
    const [seconds = 0, user = 0, system = 0, kilobytes = 0] = figures.slice(1).map(Number);
    return { records, bytes: 0, seconds, cpuSeconds: user + system, rss: kilobytes / 1024 };
  } finally {
    for (const fd of [from, to]) closeSync(fd);
  }
};

/** Makes `bench.asb` at a place: the records of the benchmark as text. @returns the file */
export const makeText = async (records: number, place: string): Promise<string> => {
  const server = await startReplayServer(records);
  await runJob('files', server.host, 'bench', place).finally(() => server.stop());
  return `${place}/bench.asb`;
};

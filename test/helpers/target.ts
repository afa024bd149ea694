/**
 * What the tests with the official client run against: a sandbox, or, with `AEROSPIKE_HOSTS`
 * set (`host:port[,…]`), a real cluster that has the namespaces `test` and `copy`.
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../lib/sandbox/index.ts';

export interface Target {
  /** `host:port` */
  readonly seeds: readonly string[];
  readonly namespace: string;
  readonly copyNamespace: string;
  /** True if it is a real cluster: clean up what you write. */
  readonly isReal: boolean;
  /** The sandbox, if it runs in this thread. */
  readonly sandbox?: Sandbox;
  /** The sandbox, if it runs in a thread of its own. */
  readonly thread?: SandboxThread;
  close(): Promise<void>;
}

/** Steers a sandbox in another thread. */
export interface SandboxThread {
  kill(node: number): Promise<void>;
  revive(node: number): Promise<void>;
  /** Lets the sandbox's clock jump. */
  advance(ms: number): void;
}

export interface TargetOptions extends SandboxOptions {
  /**
   * Runs the sandbox in a thread of its own. The official client needs it: its `connect` blocks
   * the thread until the server has answered.
   */
  readonly ownThread?: boolean;
}

export const startTarget = async (options: TargetOptions = {}): Promise<Target> => {
  const names = { namespace: 'test', copyNamespace: 'copy' };
  const hosts = process.env.AEROSPIKE_HOSTS;
  if (hosts) {
    return { ...names, seeds: hosts.split(','), isReal: true, close: async () => {} };
  }
  const { ownThread, ...sandboxOptions } = options;
  if (ownThread) return { ...names, isReal: false, ...(await startThread(sandboxOptions)) };
  const sandbox = await startSandbox(sandboxOptions);
  return {
    ...names,
    seeds: sandbox.seeds,
    isReal: false,
    sandbox,
    close: () => sandbox.close(),
  };
};

/** Starts a sandbox in a thread of its own. */
export const startThread = async (
  options: SandboxOptions,
): Promise<Pick<Target, 'seeds' | 'close'> & { thread: SandboxThread }> => {
  const clockShift = new BigInt64Array(new SharedArrayBuffer(8));
  const worker = new Worker(new URL('./sandbox-thread.ts', import.meta.url), {
    workerData: { options, clockShift },
  });
  const [seeds]: readonly string[][] = await once(worker, 'message');
  const steer = async (does: string, node: number): Promise<void> => {
    worker.postMessage({ does, node });
    await once(worker, 'message');
  };
  return {
    seeds: seeds ?? [],
    thread: {
      kill: (node) => steer('kill', node),
      revive: (node) => steer('revive', node),
      advance: (ms) => void Atomics.add(clockShift, 0, BigInt(ms)),
    },
    close: async () => {
      worker.postMessage({ does: 'close', node: 0 });
      await once(worker, 'exit');
    },
  };
};

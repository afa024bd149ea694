/** A sandbox in a thread of its own; see target.ts. */
import { parentPort, workerData } from 'node:worker_threads';
import { type SandboxOptions, startSandbox } from '../../lib/sandbox/index.ts';

const { options, clockShift }: { options: SandboxOptions; clockShift: BigInt64Array } = workerData;

const sandbox = await startSandbox({
  ...options,
  clock: {
    now: () => Date.now() + Number(Atomics.load(clockShift, 0)),
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  },
});

parentPort?.on('message', async (command: { does: 'kill' | 'revive' | 'close'; node: number }) => {
  const node = sandbox.nodes[command.node]!;
  if (command.does === 'close') {
    await sandbox.close();
    parentPort?.close();
    return;
  }
  await sandbox[command.does](node);
  parentPort?.postMessage('done');
});
parentPort?.postMessage(sandbox.seeds);

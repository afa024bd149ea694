import { once } from 'node:events';
import type { Command } from '../command.ts';
import { integer } from '../option.ts';
import { verbose } from '../options/common.ts';

export const sandboxPort = integer({
  name: 'port',
  alias: ['p'],
  describe: 'Port of the first node, the others take the next ones; 0 takes any that is free',
  min: 0,
  max: 65_535,
  default: 3000,
});

export const nodes = integer({
  name: 'nodes',
  describe: 'Nodes of the cluster, all in this process',
  min: 1,
  max: 16,
  default: 1,
});

export const records = integer({
  name: 'records',
  describe: 'Sample records in namespace test, of every type',
  min: 0,
  max: 5_000_000,
  unit: 'records',
  default: 1000,
});

export const sandboxCommand: Command = {
  name: 'sandbox',
  summary: 'Run a small in-memory cluster to try things on (not a database)',
  description:
    'Runs an in-memory node, or a small cluster, on 127.0.0.1. It speaks the real protocol, and\n' +
    'clients connect to it, but it is NOT a database: it keeps nothing, replicates nothing, and\n' +
    'asks nobody for a password. It is there to try pipelines on, and for tests. Its namespaces\n' +
    'are test, with sample data, and copy, which is empty. Ctrl-C, or SIGTERM, ends it.',
  options: [sandboxPort, nodes, records, verbose],
  examples: [
    ['asb sandbox & sleep 1; asb scan -n test | head -n 3', 'Look at the sample data'],
    ['asb sandbox --port 3100 --nodes 3 --records 100000', 'A cluster of three nodes'],
  ],
  async run(given, shell) {
    const { startSandbox } = await import('../../sandbox/index.ts');
    const sandbox = await startSandbox({
      port: given.value(sandboxPort),
      nodes: given.value(nodes),
      records: given.value(records),
    });
    const seed = sandbox.seeds[0];
    shell.say(`sandbox: not a database; listens on ${sandbox.seeds.join(',')}`);
    shell.say(`try: asb scan -h ${seed} -n test | head -n 3`);
    shell.say(`     asb backup -h ${seed} -n test -d out -r`);
    if (!shell.signal.aborted) await once(shell.signal, 'abort');
    await sandbox.close();
  },
};

import { once } from 'node:events';
import type { Sandbox, SandboxOptions, SandboxTls, SandboxUser } from '../../sandbox/index.ts';
import { readPem } from '../../wire/security/pem.ts';
import type { Command } from '../command.ts';
import type { Given } from '../given.ts';
import { integer, namesOf, text } from '../option.ts';
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

/** What a user may do who is the only one. */
const ALL_ROLES = ['read-write-udf', 'data-admin', 'sys-admin', 'user-admin'];

export const login = text({
  name: 'login',
  describe: 'The one user who may log in, with all roles; without it, nobody needs to',
  expected: 'USER:PASSWORD',
  pattern: /^[^:]+:.+$/s,
});

export const tlsCertfile = text({
  name: 'tls-certfile',
  describe: 'PEM file with the certificate of all nodes: their ports speak TLS',
  expected: 'a PEM file',
});

export const tlsKeyfile = text({
  name: 'tls-keyfile',
  describe: 'PEM file with its private key, without a password',
  expected: 'a PEM file',
});

export const tlsCafile = text({
  name: 'tls-cafile',
  describe: 'PEM file with the CA of clients: each must show a certificate of it',
  expected: 'a PEM file',
});

const usersOf = (given: Given): readonly SandboxUser[] | undefined => {
  const [name, password] = given.value(login)?.split(/:(.*)/s) ?? [];
  if (name === undefined || password === undefined) return undefined;
  return [{ name, password, roles: ALL_ROLES }];
};

const tlsOf = async (given: Given): Promise<SandboxTls | undefined> => {
  for (const option of [tlsKeyfile, tlsCafile]) given.needs(option, tlsCertfile);
  if (!given.has(tlsCertfile)) return undefined;
  const read = async (option: typeof tlsCertfile): Promise<string> =>
    (await readPem(given.required(option), namesOf(option))).text;
  const pair = { cert: await read(tlsCertfile), key: await read(tlsKeyfile) };
  return given.has(tlsCafile) ? { ...pair, ca: await read(tlsCafile) } : pair;
};

/** The options with which a client gets in. */
const wayIn = (sandbox: Sandbox, { users, tls }: SandboxOptions): string => {
  const [seed = ''] = sandbox.seeds;
  const tlsName = sandbox.nodes[0]?.tlsName;
  return [
    `-h ${tlsName === undefined ? seed : seed.replace(':', `:${tlsName}:`)} -n test`,
    ...(users === undefined ? [] : ['-U USER -P']),
    ...(tls === undefined ? [] : ['--tls-enable --tls-cafile FILE']),
    ...(tls?.ca === undefined ? [] : ['--tls-certfile FILE --tls-keyfile FILE']),
  ].join(' ');
};

export const sandboxCommand: Command = {
  name: 'sandbox',
  heading: 'Beside these',
  summary: 'Run a small in-memory cluster to try things on (not a database)',
  description:
    'Runs an in-memory node, or a small cluster, on 127.0.0.1. It speaks the real protocol, and\n' +
    'clients connect to it, but it is NOT a database: it keeps nothing, replicates nothing, and\n' +
    'its login guards nothing. It is there to try pipelines on, and for tests. Its namespaces are\n' +
    'test, with sample data, and copy, which is empty. Ctrl-C, or SIGTERM, ends it.',
  options: [sandboxPort, nodes, records, login, tlsCertfile, tlsKeyfile, tlsCafile, verbose],
  examples: [
    ['asb sandbox & sleep 1; asb scan -n test | head -n 3', 'Look at the sample data'],
    ['asb sandbox --port 3100 --nodes 3 --records 100000', 'A cluster of three nodes'],
    ['asb sandbox --login me:secret & sleep 1; asb scan -n test -U me -P', 'With a login'],
  ],
  async run(given, shell) {
    const { startSandbox } = await import('../../sandbox/index.ts');
    const users = usersOf(given);
    const tls = await tlsOf(given);
    const options: SandboxOptions = {
      port: given.value(sandboxPort),
      nodes: given.value(nodes),
      records: given.value(records),
      ...(users === undefined ? {} : { users }),
      ...(tls === undefined ? {} : { tls }),
    };
    const sandbox = await startSandbox(options);
    const how = wayIn(sandbox, options);
    shell.say(`sandbox: not a database; listens on ${sandbox.seeds.join(',')}`);
    shell.say(`try: asb scan ${how} | head -n 3`);
    shell.say(`     asb backup ${how} -d out -r`);
    if (!shell.signal.aborted) await once(shell.signal, 'abort');
    await sandbox.close();
  },
};

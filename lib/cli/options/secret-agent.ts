import { AsbError } from '../../errors.ts';
import type { SecretAgent, SecretAgentOptions } from '../../secrets/agent.ts';
import { DEFAULT_AGENT_PORT } from '../../secrets/agent-address.ts';
import type { Given } from '../given.ts';
import { choice, flag, integer, namesOf, type Option, text } from '../option.ts';

const group = 'Secret agent:';
const expected = 'a PEM file';
const shown = 'PATH';

export const saAddress = text({
  name: 'sa-address',
  group,
  describe:
    'Where the agent is that knows values of the form secrets:RESOURCE:KEY: host[:port], [IPv6]:port, ' +
    'or the path of a Unix socket (default 127.0.0.1)',
  expected: 'host[:port], or a path',
  shown: 'HOST',
});

export const saPort = integer({
  name: 'sa-port',
  group,
  describe: 'Port of an address that names none',
  min: 1,
  max: 65_535,
  default: DEFAULT_AGENT_PORT,
});

export const saTimeout = integer({
  name: 'sa-timeout',
  group,
  describe: 'How long the agent may take for one secret',
  min: 1,
  max: 86_400_000,
  unit: 'ms',
  default: 1000,
});

export const saCafile = text({
  name: 'sa-cafile',
  alias: ['sa-ca-file'],
  group,
  describe: 'Speak TLS with the agent, and trust the CAs in this PEM file',
  expected,
  shown,
});

export const saTlsName = text({
  name: 'sa-tls-name',
  group,
  describe: "Name in the agent's certificate (default: its host)",
  expected: 'the name in a certificate',
});

export const saCertFile = text({
  name: 'sa-cert-file',
  group,
  describe: 'PEM file with a certificate for us, for an agent that wants one',
  expected,
  shown,
});

export const saKeyFile = text({
  name: 'sa-key-file',
  group,
  describe: 'PEM file with the private key of that certificate',
  expected,
  shown,
});

export const saConnectionType = choice({
  name: 'sa-connection-type',
  group,
  describe: 'tcp or unix; the address says it, and this is for command lines of absctl',
  words: ['tcp', 'unix'],
  ignoreCase: true,
});

export const saPlain = flag({
  name: 'sa-plain',
  group,
  describe: 'The agent has secrets as they are, and not in base64',
});

export const saIsBase64 = flag({
  name: 'sa-is-base64',
  group,
  describe: 'It has them in base64: the default, and for command lines of absctl',
});

export const secretAgentOptions: readonly Option<unknown>[] = [
  saAddress,
  saPort,
  saTimeout,
  saCafile,
  saTlsName,
  saCertFile,
  saKeyFile,
  saConnectionType,
  saPlain,
  saIsBase64,
];

/**
 * The agent that a command line speaks of.
 * @throws AsbError `USAGE` for options that do not go together, and an address that is none
 */
export const secretAgentOf = async (given: Given): Promise<SecretAgent> => {
  for (const option of [saTlsName, saCertFile, saKeyFile]) given.needs(option, saCafile);
  given.needs(saCertFile, saKeyFile);
  given.needs(saKeyFile, saCertFile);
  given.exclusive(saPlain, saIsBase64);
  checkConnectionType(given);
  const cafile = given.value(saCafile);
  const { SecretAgent } = await import('../../secrets/agent.ts');
  return new SecretAgent({
    address: given.value(saAddress),
    port: given.value(saPort),
    timeout: given.value(saTimeout),
    encoding: given.value(saPlain) ? 'plain' : 'base64',
    ...(cafile === undefined ? {} : { tls: tlsOf(given, cafile) }),
  });
};

/** absctl needs both; a Unix socket without a `/` in its path would be taken for a host. */
const checkConnectionType = (given: Given): void => {
  const wanted = given.value(saConnectionType);
  const type = given.value(saAddress)?.includes('/') === true ? 'unix' : 'tcp';
  if (wanted === undefined || wanted === type) return;
  const expected = wanted === 'unix' ? 'a path with a /' : 'host[:port]';
  const what = `${namesOf(saConnectionType)} ${wanted} needs ${expected} as ${namesOf(saAddress)}`;
  throw new AsbError('USAGE', what, { expected });
};

const tlsOf = (given: Given, cafile: string): SecretAgentOptions['tls'] => ({
  cafile,
  name: given.value(saTlsName),
  certfile: given.value(saCertFile),
  keyfile: given.value(saKeyFile),
});

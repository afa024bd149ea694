import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { MAX_AGENT_PEM_SIZE, readAgentContext } from '../../lib/secrets/agent-tls.ts';
import { CLIENT, tlsPath } from '../helpers/tls.ts';

const cafile = tlsPath('ca.pem');

t.test('files that will do', async (t) => {
  t.ok(await readAgentContext({ cafile }));
  t.ok(await readAgentContext(CLIENT));
});

t.test('files that will not', async (t) => {
  const large = join(t.testdir(), 'large.pem');
  writeFileSync(large, '-----BEGIN CERTIFICATE-----'.padEnd(MAX_AGENT_PEM_SIZE + 1, '\n'));
  const rows: readonly [string, Parameters<typeof readAgentContext>[0], string?][] = [
    ['no file', { cafile: '/nowhere' }, '/nowhere'],
    ['no certificate', { cafile: tlsPath('client.key') }, tlsPath('client.key')],
    ['too large', { cafile: large }, large],
    ['no key file', { ...CLIENT, keyfile: '/nowhere' }, '/nowhere'],
    ["another's key", { ...CLIENT, keyfile: tlsPath('server.key') }],
    ['no key', { ...CLIENT, keyfile: tlsPath('ca.pem') }],
  ];
  for (const [name, options, file] of rows) {
    const facts = file === undefined ? {} : { file };
    await t.rejects(readAgentContext(options), { code: 'KEY', facts }, name);
  }
});

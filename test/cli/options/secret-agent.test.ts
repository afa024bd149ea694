import t from 'tap';
import { Given } from '../../../lib/cli/given.ts';
import { secretAgentOf } from '../../../lib/cli/options/secret-agent.ts';
import { deadAddress } from '../../helpers/fake-node.ts';
import { startSecretAgent } from '../../helpers/secret-agent.ts';
import { CLIENT, tlsPath, tlsText } from '../../helpers/tls.ts';

const agentOf = (given: Record<string, string>) =>
  secretAgentOf(new Given(new Map(Object.entries(given))));

t.test('agents that are reached', async (t) => {
  const tls = { 'sa-cafile': CLIENT.cafile, 'sa-tls-name': 'localhost' };
  const mutual = { 'sa-cert-file': CLIENT.certfile, 'sa-key-file': CLIENT.keyfile };
  const asking = { ca: tlsText('ca.pem'), requestCert: true };
  const rows: readonly [Record<string, string>, Parameters<typeof startSecretAgent>[0]][] = [
    [{}, {}],
    [{ 'sa-is-base64': '', 'sa-connection-type': 'TCP' }, {}],
    [{ 'sa-plain': '' }, { plain: true }],
    [tls, { tls: {} }],
    [{ ...tls, ...mutual }, { tls: asking }],
  ];
  for (const [given, options] of rows) {
    const server = await startSecretAgent({ secrets: { x: 'hunter2' }, ...options });
    const address = { 'sa-address': server.host, 'sa-port': `${server.port}` };
    const agent = await agentOf({ ...address, 'sa-timeout': '60000', ...given });
    t.equal(await agent.fetch('secrets:x'), 'hunter2', JSON.stringify(given));
    await server.close();
  }
});

t.test('one that is not, in time', async (t) => {
  const silent = await startSecretAgent({ reply: () => {} });
  const agent = await agentOf({
    'sa-address': `${silent.host}:${silent.port}`,
    'sa-timeout': '50',
  });
  await t.rejects(agent.fetch('secrets:x'), { code: 'NETWORK' });
  await silent.close();
  const { host, port } = await deadAddress();
  const nobody = await agentOf({ 'sa-address': host, 'sa-port': `${port}` });
  await t.rejects(nobody.fetch('secrets:x'), { code: 'CONNECT' });
});

t.test('options that do not go together', async (t) => {
  const file = tlsPath('ca.pem');
  const rows: readonly Record<string, string>[] = [
    { 'sa-tls-name': 'x' },
    { 'sa-cert-file': file, 'sa-key-file': file },
    { 'sa-cafile': file, 'sa-cert-file': file },
    { 'sa-cafile': file, 'sa-key-file': file },
    { 'sa-cafile': file, 'sa-address': '/run/agent.sock' },
    { 'sa-plain': '', 'sa-is-base64': '' },
    { 'sa-address': 'a:b' },
    { 'sa-address': '/run/agent.sock', 'sa-connection-type': 'tcp' },
    { 'sa-address': 'there', 'sa-connection-type': 'unix' },
  ];
  for (const given of rows)
    await t.rejects(agentOf(given), { code: 'USAGE' }, JSON.stringify(given));
});

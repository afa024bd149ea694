import t from 'tap';
import { fillSecrets } from '../../../lib/cli/config/fill-secrets.ts';
import type { Origin } from '../../../lib/cli/given.ts';
import { flag, integer, type Option, text } from '../../../lib/cli/option.ts';
import { configFile } from '../../../lib/cli/options/config.ts';
import { saAddress } from '../../../lib/cli/options/secret-agent.ts';
import { deadAddress } from '../../helpers/fake-node.ts';
import { startSecretAgent } from '../../helpers/secret-agent.ts';

const user = text({ name: 'user', describe: 'User', expected: 'a user' });
const port = integer({ name: 'port', describe: 'Port', min: 1, max: 9 });
const key = text({ name: 'key', describe: 'Key', expected: 'a file', isPemFile: true });
const quiet = flag({ name: 'quiet', describe: 'Quiet' });
const options: readonly Option<unknown>[] = [user, port, key, quiet, saAddress, configFile];
const PEM = '-----BEGIN PRIVATE KEY-----\nhunter2';
const SECRETS = { user: 'ann', 'res:port': '7', pem: PEM, on: 'true', off: 'false' };

/** Fills in what an agent knows. */
const fill = async (given: Record<string, string>, origin?: Origin) => {
  const agent = await startSecretAgent({ secrets: SECRETS });
  const values = new Map(
    Object.entries({
      'sa-address': `${agent.host}:${agent.port}`,
      'sa-timeout': '60000',
      ...given,
    }),
  );
  const origins = new Map(
    origin === undefined ? [] : Object.keys(given).map((name) => [name, origin] as const),
  );
  try {
    await fillSecrets(options, values, origins);
  } finally {
    await agent.close();
  }
  values.delete('sa-address');
  values.delete('sa-timeout');
  return {
    values: Object.fromEntries(values),
    origins: Object.fromEntries(origins),
    asked: agent.asked,
  };
};

t.test('secrets take the place of what names them', async (t) => {
  const rows: readonly [Record<string, string>, Record<string, string>, readonly string[]][] = [
    [{ user: 'bob', port: '3' }, { user: 'bob', port: '3' }, []],
    [{ user: 'secrets:user', port: '3' }, { user: 'ann', port: '3' }, ['user']],
    [{ port: 'secrets:res:port' }, { port: '7' }, ['res:port']],
    [{ key: 'secrets:pem' }, { key: PEM }, ['pem']],
    [{ key: 'a.pem' }, { key: 'a.pem' }, []],
    [{ quiet: 'secrets:on' }, { quiet: '' }, ['on']],
    [{ quiet: 'secrets:off' }, {}, ['off']],
    [{ user: 'secrets:user', port: 'secrets:user' }, { user: 'ann', port: 'ann' }, ['user']],
  ];
  for (const [given, values, asked] of rows) {
    const filled = await fill(given);
    t.strictSame([filled.values, filled.asked], [values, asked], JSON.stringify(given));
  }
  const { origins } = await fill({ user: 'secrets:user', port: '3' }, { file: 'a', line: 1 });
  t.strictSame(origins, {
    user: { file: 'a', line: 1, secret: 'secrets:user' },
    port: { file: 'a', line: 1 },
  });
});

t.test('what says where the agent is comes from nowhere else', async (t) => {
  const values = new Map([
    ['sa-address', 'secrets:x'],
    ['config-file', 'secrets:x'],
  ]);
  await fillSecrets(options, values, new Map());
  t.equal(values.size, 2);
});

t.test('secrets that an option does not take', async (t) => {
  const rows: readonly [Record<string, string>, string][] = [
    [{ user: 'secrets:nobody' }, 'SERVER'],
    [{ user: 'secrets:' }, 'USAGE'],
    [{ user: 'secrets:pem' }, 'USAGE'],
    [{ key: 'secrets:user' }, 'USAGE'],
    [{ quiet: 'secrets:user' }, 'USAGE'],
    [{ user: 'secrets:user', 'sa-tls-name': 'x' }, 'USAGE'],
  ];
  for (const [given, code] of rows) {
    const message = /^(?!.*(?:hunter2|ann))/s;
    await t.rejects(fill(given), { code, message }, JSON.stringify(given));
  }
  const { host, port: dead } = await deadAddress();
  const nobody = { user: 'secrets:user', 'sa-address': `${host}:${dead}` };
  await t.rejects(fill(nobody), { code: 'CONNECT' });
});

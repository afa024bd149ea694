import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import t from 'tap';
import type { Command } from '../../../lib/cli/command.ts';
import { allCommands } from '../../../lib/cli/commands.ts';
import { defaultConfigFiles, settle } from '../../../lib/cli/config/settle.ts';
import { flag, integer, text } from '../../../lib/cli/option.ts';
import { startSandbox } from '../../../lib/sandbox/index.ts';
import { run } from '../../helpers/asb.ts';
import { runHere } from '../../helpers/in-process.ts';
import { PEM } from '../../helpers/keys.ts';
import { startSecretAgent } from '../../helpers/secret-agent.ts';
import { tlsText } from '../../helpers/tls.ts';

const COMMANDS = await allCommands();

const TEXT = 'Version 3.1\n# namespace test\n# first-file\n';

const commandOf = (name: string): Command => {
  const command = COMMANDS.find((each) => each.name === name);
  if (command === undefined) throw new Error(`no command ${name}`);
  return command;
};

/** Settles what was typed, by names and values. */
const settled = async (
  name: string,
  typed: Record<string, string | false>,
  ...defaults: readonly string[]
) => {
  const command = commandOf(name);
  const values = new Map(Object.entries(typed));
  const { given, told } = await settle(
    { values, operands: ['x'] },
    { command, commands: allCommands, defaults },
  );
  const found = command.options.filter((option) => given.has(option));
  return { given, told, words: Object.fromEntries(found.map((o) => [o.name, given.value(o)])) };
};

t.test('where files are by default', (t) => {
  const system = '/etc/aerospike/astools.conf';
  t.strictSame(defaultConfigFiles(undefined), [system]);
  t.strictSame(defaultConfigFiles('/home/ann'), [system, '/home/ann/.aerospike/astools.conf']);
  t.end();
});

t.test('the command line beats files, and later files earlier ones', async (t) => {
  const directory = t.testdir({
    system: '[asb-compress]\nlevel = 1\nverbose = true\n[asb-compress_x]\nlevel = 5\n',
    user: '[asb-compress]\nlevel = 2\nverbose = false\n',
    own: '[asb-compress]\nlevel = 3\n',
  });
  const [system, user, own] = ['system', 'user', 'own'].map((name) => join(directory, name));
  const gone = join(directory, 'gone');
  const rows: readonly [Record<string, string | false>, object][] = [
    [{}, { level: 2 }],
    [{ level: '7' }, { level: 7 }],
    [{ 'config-file': own! }, { level: 3, 'config-file': own }],
    [{ 'only-config-file': system! }, { level: 1, verbose: true, 'only-config-file': system }],
    [
      { 'only-config-file': system!, verbose: false },
      { level: 1, 'only-config-file': system },
    ],
    [{ 'no-config-file': '' }, { 'no-config-file': true }],
    [{ instance: 'x' }, { level: 2, instance: 'x' }],
    [
      { instance: 'x', 'only-config-file': system! },
      { level: 5, instance: 'x', 'only-config-file': system },
    ],
  ];
  for (const [typed, expected] of rows) {
    const { words, given } = await settled('compress', typed, system!, gone, user!);
    t.match(words, expected, JSON.stringify(typed));
    t.strictSame(Object.keys(words).sort(), Object.keys(expected).sort());
    t.strictSame(given.operands, ['x']);
  }
  const { told } = await settled('compress', {}, system!, user!);
  t.strictSame(told, [`from ${user}: level`]);
  t.strictSame((await settled('compress', { level: '1' }, user!)).told, []);
});

t.test('options of TLS without TLS say nothing, as the sample file promises', async (t) => {
  const file = join(t.testdir({ conf: '' }), 'conf');
  const rows: readonly [string, Record<string, string>, readonly string[]][] = [
    ['tls-enable = false\ntls-cafile = "x"\ntls-name = "y"', {}, []],
    ['tls-enable = true\ntls-cafile = "x"', {}, ['tls-cafile', 'tls-enable']],
    ['tls-cafile = "x"', { 'tls-enable': '' }, ['tls-cafile', 'tls-enable']],
    ['user = "x"', { 'tls-name': 'x' }, ['tls-name', 'user']],
  ];
  for (const [lines, typed, expected] of rows) {
    writeFileSync(file, `[cluster]\n${lines}\n`);
    const { words } = await settled('scan', typed, file);
    t.strictSame(Object.keys(words).sort(), expected, lines);
  }
});

t.test('what is wrong', async (t) => {
  const directory = t.testdir({ conf: '[asb-compress]\nlevel = 99\n', other: '[cluster_y]\n' });
  const conf = join(directory, 'conf');
  const loop = join(directory, 'loop');
  symlinkSync('loop', loop);
  const rows: readonly [Record<string, string>, readonly string[], string][] = [
    [{ level: 'x' }, [], 'USAGE'],
    [{}, [conf], 'USAGE'],
    [{}, [loop], 'STORAGE'],
    [{ 'config-file': join(directory, 'gone') }, [], 'NOT_FOUND'],
    [{ 'config-file': conf, 'no-config-file': '' }, [], 'USAGE'],
    [{ 'only-config-file': conf, 'no-config-file': '' }, [], 'USAGE'],
    [{ 'config-file': conf, 'only-config-file': conf }, [], 'USAGE'],
    [{ instance: 'y', 'no-config-file': '' }, [], 'USAGE'],
    [{ instance: 'y', level: '3' }, [conf], 'USAGE'],
    [{ instance: 'y' }, [], 'USAGE'],
    [{ instance: 'no name' }, [], 'USAGE'],
  ];
  for (const [typed, files, code] of rows) {
    const name = JSON.stringify([typed, files]);
    await t.rejects(settled('compress', typed, ...files), { code }, name);
  }
  const place = { code: 'USAGE', facts: { file: conf, line: 2 } };
  await t.rejects(settled('compress', {}, conf), place, 'with its place');
  const { words } = await settled('compress', { instance: 'y' }, join(directory, 'other'));
  t.strictSame(words, { instance: 'y' });
});

t.test('a command that has no such options', async (t) => {
  const level = integer({ name: 'level', describe: 'Level', min: 1, max: 9 });
  const command: Command = {
    ...commandOf('compress'),
    options: [
      level,
      flag({ name: 'x', describe: 'X' }),
      text({ name: 'y', describe: 'Y', expected: '' }),
    ],
  };
  const conf = join(t.testdir({ conf: 'no TOML' }), 'conf');
  const typed = { values: new Map([['level', '3']]), operands: [] };
  const { given } = await settle(typed, { command, commands: async () => [], defaults: [conf] });
  t.equal(given.value(level), 3);
});

t.test('secrets in files and on the command line', async (t) => {
  const agent = await startSecretAgent({ secrets: { level: '9', user: 'ann', no: 'hunter2' } });
  const conf = join(t.testdir(), 'conf');
  const section = `[secret-agent]\nsa-address = "${agent.host}:${agent.port}"\nsa-timeout = 60000\n`;
  writeFileSync(conf, `${section}[asb-compress]\nlevel = "secrets:level"\n`);
  const rows: readonly [string, Record<string, string>, object, readonly string[]][] = [
    ['compress', {}, { level: 9 }, ['level']],
    ['compress', { level: '3' }, { level: 3 }, []],
    ['scan', { user: 'secrets:user' }, { user: 'ann' }, ['user']],
  ];
  for (const [name, typed, expected, asked] of rows) {
    const before = agent.asked.length;
    t.match((await settled(name, typed, conf)).words, expected, name);
    t.strictSame(agent.asked.slice(before), asked);
  }
  const message = /^-l, --level takes (?!.*hunter2).* secrets:no is not$/;
  await t.rejects(settled('compress', { level: 'secrets:no' }, conf), { code: 'USAGE', message });
  const stopped = settle(
    { values: new Map([['level', 'secrets:level']]), operands: [] },
    {
      command: commandOf('compress'),
      commands: allCommands,
      defaults: [conf],
      signal: AbortSignal.abort(new Error('enough')),
    },
  );
  await t.rejects(stopped, { message: 'enough' });
  await agent.close();
});

t.test(
  'a backup that needs a file only: TLS, its key, login and encryption are secrets',
  async (t) => {
    const sandbox = await startSandbox({
      records: 10,
      tls: { cert: tlsText('server.pem'), key: tlsText('server.key'), ca: tlsText('ca.pem') },
      users: [{ name: 'ann', password: 'env:hunter2', roles: ['read-write', 'data-admin'] }],
    });
    const agent = await startSecretAgent({
      secrets: {
        'tls:ca': tlsText('ca.pem'),
        'tls:cert': tlsText('client.pem'),
        'tls:key': tlsText('client-encrypted.key'),
        'tls:password': 'open-sesame',
        'login:password': 'env:hunter2',
        key: PEM,
      },
      tls: {},
    });
    const directory = t.testdir();
    const conf = join(directory, 'astools.conf');
    const out = join(directory, 'out');
    writeFileSync(
      conf,
      `[cluster]
host = "${sandbox.seeds[0]}"
user = "ann"
password = "secrets:login:password"
tls-enable = true
tls-cafile = "secrets:tls:ca"
tls-certfile = "secrets:tls:cert"
tls-keyfile = "secrets:tls:key"
tls-keyfile-password = "secrets:tls:password"
[asbackup]
namespace = "test"
encrypt = "aes128"
encryption-key-file = "secrets:key"
directory = "${out}"
[secret-agent]
sa-address = "${agent.host}:${agent.port}"
sa-timeout = 60000
sa-cafile = "${new URL('../../../fixtures/tls/ca.pem', import.meta.url).pathname}"
`,
    );
    const backup = await runHere(['backup', '--only-config-file', conf]);
    t.equal(backup.error, undefined);
    t.match(backup.said.join('\n'), /^backed up 10 records/m);
    t.notMatch(backup.said.join('\n'), /hunter2|BEGIN/);
    const texts = readdirSync(out).map((name) => readFileSync(join(out, name), 'latin1'));
    t.equal(texts.length, 2, 'a file and its manifest');
    t.notOk(
      texts.some((text) => /Version 3|hunter2|BEGIN/.test(text)),
      'it is encrypted',
    );
    await agent.close();
    await sandbox.close();
  },
);

t.test('real commands read the file in the home of whoever runs them', async (t) => {
  const home = t.testdir();
  mkdirSync(join(home, '.aerospike'));
  const conf = join(home, '.aerospike', 'astools.conf');
  writeFileSync(conf, '[asb-compress]\nlevel = 9\n');
  const env = { HOME: home };
  t.notOk(existsSync('/etc/aerospike/astools.conf'), 'a file here that changes this test');
  const told = await run(['compress', '-v'], { input: TEXT, env });
  t.match(told, { code: 0, stderr: new RegExp(`^from ${conf}: level$`, 'm') });
  t.equal(zstdDecompressSync(told.stdout).toString(), TEXT);
  writeFileSync(conf, '[asb-compress]\nlevl = 9\n');
  const wrong = await run(['compress'], { input: TEXT, env });
  t.match(wrong, { code: 2, stderr: new RegExp(`^asb compress: ${conf}, line 2: "levl"`) });
});

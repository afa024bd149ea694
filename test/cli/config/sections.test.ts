import t from 'tap';
import { allCommands } from '../../../lib/cli/commands.ts';
import { hasInstance, settingsIn } from '../../../lib/cli/config/sections.ts';
import { readToml } from '../../../lib/cli/config/toml-file.ts';

const COMMANDS = await allCommands();

const commandOf = (name: string) => {
  const command = COMMANDS.find((each) => each.name === name);
  if (command === undefined) throw new Error(`no command ${name}`);
  return command;
};

const read = async (name: string, text: string, instance?: string) => {
  const toml = await readToml('a.conf', text);
  return settingsIn(toml, { command: commandOf(name), commands: COMMANDS, instance });
};

/** What a file says to a command, without places. */
const wordsIn = async (name: string, text: string, instance?: string) =>
  Object.fromEntries(
    Array.from(await read(name, text, instance), ([option, { word }]) => [option, word]),
  );

const TEXT = `
[aql]
outputmode = "json"
[asadm]
any = [1, 2]
[cluster]
host = "there"
Port = 3100
use-services-alternate = true
prefer-racks = "1,2"
[secret-agent]
sa-port = "3006"
[asbackup]
namespace = "test"
compact = true
level = 3
[asb-backup]
compact = false
[asrestore]
namespace = "live"
tps = 100
event-loops = 2
[asb-scan]
namespace = "scanned"
[cluster_b]
host = "elsewhere"
[asrestore_b]
namespace = "b"
`.replace('level = 3\n', '');

t.test('the sections that speak to a command', async (t) => {
  const agent = { 'sa-port': '3006' };
  const cluster = { host: 'there', port: '3100', 'services-alternate': '' };
  const scanning = { ...cluster, 'prefer-racks': '1,2' };
  const rows: readonly [string, string | undefined, object][] = [
    ['backup', undefined, { ...agent, ...scanning, namespace: 'test', compact: false }],
    [
      'restore',
      undefined,
      { ...agent, ...cluster, namespace: 'live', 'records-per-second': '100', 'event-loops': '2' },
    ],
    ['scan', undefined, { ...agent, ...scanning, namespace: 'scanned' }],
    ['load', undefined, { ...agent, ...cluster }],
    ['compress', undefined, agent],
    ['sandbox', undefined, agent],
    ['backup', 'b', { ...agent, host: 'elsewhere', namespace: 'test', compact: false }],
    ['restore', 'b', { ...agent, host: 'elsewhere', namespace: 'b' }],
    ['backup', 'c', { ...agent, namespace: 'test', compact: false }],
  ];
  for (const [name, instance, expected] of rows) {
    t.strictSame(await wordsIn(name, TEXT, instance), expected, `${name} ${instance}`);
  }
  const toml = await readToml('a.conf', TEXT);
  for (const [instance, expected] of [
    [undefined, true],
    ['b', true],
    ['c', false],
  ] as const) {
    t.equal(hasInstance(toml, instance), expected, `${instance}`);
  }
});

t.test('places are kept', async (t) => {
  const settings = await read('compress', '\n[asb-compress]\nlevel = 9\n');
  t.strictSame(settings.get('level'), { word: '9', file: 'a.conf', line: 3 });
});

/** As they stand in asbackup's and asrestore's own code, with a value of the type that they want. */
const PEER_KEYS = {
  cluster: `host = "h" port = 1 use-services-alternate = true user = "u" password = "p" auth = "PKI"
    tls-enable = true tls-name = "n" tls-protocols = "TLSv1.2" tls-cipher-suite = "c"
    tls-crl-check = true tls-crl-check-all = true tls-keyfile = "k" tls-keyfile-password = "p"
    tls-cafile = "c" tls-capath = "c" tls-certfile = "c" tls-cert-blacklist = "b"`,
  asbackup: `namespace = "n" set = "s" continue = "c" state-file-dst = "s" remove-files = true
    remove-artifacts = true directory = "d" output-file-prefix = "p" no-ttl-only = true
    max-records = 1 output-file = "o" file-limit = 1 records-per-second = 1 no-bins = true
    compact = true parallel = 1 compress = "zstd" compression-level = 1 encrypt = "aes128"
    encryption-key-file = "k" encryption-key-env = "E" bin-list = "b" node-list = "h:3000"
    partition-list = "0-1" after-digest = "AAAAAAAAAAAAAAAAAAAAAAAAAAA=" filter-exp = "kwGTUQCiYWIB"
    modified-after = "2026-01-01" modified-before = "2026-01-02_03:04:05" machine = "m"
    estimate = true estimate-samples = 1 verbose = true nice = 1 no-records = true
    no-indexes = true no-udfs = true socket-timeout = 1 total-timeout = 1 max-retries = 1
    retry-delay = 1 sleep-between-retries = 1 prefer-racks = "1" s3-region = "r"
    s3-profile = "p" s3-endpoint-override = "http://e" s3-min-part-size = 5
    s3-max-async-downloads = 1 s3-max-async-uploads = 1 s3-connect-timeout = 1
    s3-log-level = "Fatal" s3-allow-system-proxy = true`,
  asrestore: `namespace = "n" directory = "d" directory-list = "d" parent-directory = "p"
    input-file = "i" compress = "zstd" encrypt = "aes128" encryption-key-file = "k"
    encryption-key-env = "E" parallel = 1 machine = "m" verbose = true bin-list = "b"
    set-list = "s" unique = true ignore-record-error = true replace = true no-generation = true
    extra-ttl = 1 bandwidth = 1 tps = 1 no-records = true validate = true
    no-indexes = true indexes-last = true no-udfs = true wait = true timeout = 1
    socket-timeout = 1 total-timeout = 1 max-retries = 1 sleep-between-retries = 1
    retry-delay = 1 batch-size = 1 event-loops = 1 max-async-batches = 1
    retry-scale-factor = 1 disable-batch-writes = true s3-region = "r" s3-profile = "p"
    s3-endpoint-override = "http://e" s3-connect-timeout = 1 s3-max-async-downloads = 1
    s3-log-level = "Fatal" s3-allow-system-proxy = true`,
  'secret-agent': 'sa-address = "h" sa-port = "1" sa-timeout = 1 sa-cafile = "c"',
} as const;

t.test('all that asbackup and asrestore take, is taken', async (t) => {
  for (const [section, keys] of Object.entries(PEER_KEYS)) {
    const command = commandOf(section === 'asrestore' ? 'restore' : 'backup');
    for (const [line, key = ''] of keys.matchAll(/([\w-]+) = (?:"[^"]*"|\S+)/g)) {
      const settings = await read(command.name, `[${section}]\n${line}\n`);
      for (const option of command.options) {
        const { word } = settings.get(option.name) ?? {};
        if (typeof word === 'string') t.doesNotThrow(() => option.read(word), `${section} ${key}`);
      }
      t.pass(`${section} ${key}`);
    }
  }
});

t.test('what is wrong is told with its place', async (t) => {
  const rows: readonly [string, string, object][] = [
    ['unknown in [cluster]', '[cluster]\nnamespace = "x"', { line: 2 }],
    ['mistyped', '[cluster]\nhots = "x"', { line: 2, expected: 'host' }],
    ["another command's", '[asbackup]\nnamespace = "x"\nreplace = true', { line: 3 }],
    ['a letter', '[asbackup]\nn = "x"', { line: 2 }],
    ['of config files', '[asbackup]\nconfig-file = "x"', { line: 2 }],
    ['of config files, again', '[asb-backup]\nno-config-file = true', { line: 2 }],
    ['of the help', '[asbackup]\nhelp = true', { line: 2 }],
    ['of no agent', '[secret-agent]\nhost = "x"', { line: 2 }],
    ['a value', '[asbackup]\ncompact = "x"', { line: 2, expected: 'true or false' }],
    ['no command', '\n[asb-scna]\n', { line: 2 }],
    ['no command at all', '[asb-entirely-different]\n', { line: 1 }],
    ['no command, with an instance', '[asb-scna_x]\n', { line: 1 }],
  ];
  for (const [name, text, place] of rows) {
    const facts = { file: 'a.conf', ...place };
    await t.rejects(read('backup', text), { code: 'USAGE', facts }, name);
  }
  const hidden = '["asb-\\u0073cna"]\n';
  await t.rejects(read('backup', hidden), { code: 'USAGE', facts: { line: undefined } });
  const inBraces = '"cl\\u0075ster" = { hots = 1 }';
  await t.rejects(read('backup', inBraces), { code: 'USAGE', facts: { line: undefined } });
});

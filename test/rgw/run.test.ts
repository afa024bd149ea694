/** The runner, with stand-ins for Ceph's programs; `npm run test:rgw` has the real ones. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { outcomeOf } from '../helpers/asb.ts';

const RUN = fileURLToPath(new URL('run.ts', import.meta.url));

/** What servers begin with: as a server they have `-f -c ceph.conf`, and write their number down. */
const SERVER = '#!/bin/sh\n[ "$1" = -f ] || exit 0\necho $$ >>"$PIDS"\n';
const SERVES = `${SERVER}exec sleep 100\n`;
const gateway = (afterwards = '') => `${SERVER}exec "${process.execPath}" -e '
  const [, port] = /endpoint=127.0.0.1:([0-9]+)/.exec(fs.readFileSync(process.argv[1], "utf8"));
  const server = http.createServer((_, response) => response.end()).listen(port, "127.0.0.1");
  ${afterwards}' "$3"\n`;
const USER = '{"keys":[{"user":"tests","access_key":"EXAMPLE","secret_key":"none"}]}';

const PROGRAMS: Readonly<Record<string, string>> = {
  setpriv: '#!/bin/sh\nshift 3\nexec "$@"\n',
  ceph: '#!/bin/sh\n',
  monmaptool: '#!/bin/sh\n',
  'ceph-mon': SERVES,
  'ceph-osd': SERVES,
  'radosgw-admin': `#!/bin/sh\necho '${USER}'\n`,
  radosgw: gateway(),
};

const spawnRun = (args: readonly string[], env: Readonly<Record<string, string>>) =>
  spawn(process.execPath, [RUN, ...args], { stdio: 'pipe', env: { ...process.env, ...env } });

/** Starts the runner with stand-ins, some of them replaced. */
const start = (
  t: Test,
  args: readonly string[],
  replaced: Readonly<Record<string, string>> = {},
) => {
  const directory = t.testdir({ bin: { ...PROGRAMS, ...replaced }, tmp: {} });
  const bin = join(directory, 'bin');
  for (const name of readdirSync(bin)) chmodSync(join(bin, name), 0o755);
  const tmp = join(directory, 'tmp');
  const pids = join(directory, 'pids');
  const child = spawnRun(args, { PATH: `${bin}:${process.env.PATH}`, TMPDIR: tmp, PIDS: pids });
  return {
    child,
    /** How many servers were started. */
    started: () => (existsSync(pids) ? readFileSync(pids, 'utf8').trim().split('\n').length : 0),
    /** What is left behind: servers that live, and files. */
    left: () => [
      ...readdirSync(tmp),
      ...readFileSync(pids, 'utf8')
        .trim()
        .split('\n')
        .filter((pid) => existsSync(`/proc/${pid}`)),
    ],
  };
};

t.test('says which packages to install', async (t) => {
  const { code, stderr } = await outcomeOf(spawnRun(['--', 'true'], { PATH: t.testdir({}) }));
  t.equal(code, 1);
  for (const name of Object.keys(PROGRAMS)) t.match(stderr, name);
  t.match(stderr, 'radosgw ceph-mon ceph-osd ceph-common');
});

t.test('refuses an option that it does not have', async (t) => {
  t.equal((await outcomeOf(spawnRun(['--sell'], {}))).code, 1);
});

t.test('a command finds the server, and its status is ours', async (t) => {
  const script = `
    const { S3_TEST_ENDPOINT, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION } = process.env;
    const { status } = await fetch(S3_TEST_ENDPOINT);
    console.log(status, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION);
    process.exitCode = 7;`;
  const { child, left } = start(t, ['--', process.execPath, '--input-type=module', '-e', script]);
  const { code, stdout } = await outcomeOf(child);
  t.equal(stdout.toString(), '200 EXAMPLE none us-east-1\n');
  t.equal(code, 7);
  t.same(left(), []);
});

const FAILURES = [
  { name: 'a server that ends', replaced: { 'ceph-osd': `${SERVER}echo the disk; exit 3\n` } },
  {
    name: 'a program that fails',
    replaced: { 'radosgw-admin': '#!/bin/sh\necho the disk >&2; exit 1\n' },
  },
  {
    name: 'the log of a server beside',
    replaced: {
      'ceph-mon': `${SERVER}echo the disk; exec sleep 100\n`,
      // Not before that is said.
      'radosgw-admin':
        '#!/bin/sh\nuntil grep -q disk "$(dirname "$2")/ceph-mon.log"; do sleep 0.01; done; exit 1\n',
    },
  },
  {
    name: 'a server that ends later',
    replaced: {
      radosgw: gateway(
        'server.on("request", () => { console.log("the disk"); process.abort(); });',
      ),
    },
  },
];
for (const { name, replaced } of FAILURES) {
  t.test(`shows ${name}`, async (t) => {
    // A server that does not end in time is waited for: this one never answers.
    const { child, left } = start(t, ['--', 'sleep', '100'], { radosgw: SERVES, ...replaced });
    const { code, stderr } = await outcomeOf(child);
    t.equal(code, 1);
    t.match(stderr, 'the disk');
    t.same(left(), []);
  });
}

t.test('a signal ends the command and all that it started', async (t) => {
  const { child, left } = start(t, ['--', 'sh', '-c', 'sleep 100 & echo $!; wait']);
  const [pid] = await once(child.stdout, 'data');
  child.kill('SIGTERM');
  // Its output ends when the last process that has it does.
  t.equal((await outcomeOf(child)).code, 143);
  t.match(String(pid), /^\d+\n$/);
  t.same(left(), []);
});

t.test('a signal ends a start', async (t) => {
  const { child, left, started } = start(t, ['--', 'true'], { radosgw: SERVES });
  while (started() < 3) await sleep(10);
  child.kill('SIGINT');
  t.equal((await outcomeOf(child)).code, 130);
  t.same(left(), []);
});

/**
 * What commands do in S3, by real processes, on any S3 server: the tests' own, and a real one
 * (`npm run test:rgw`).
 */
import { join } from 'node:path';
import {
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
} from '@aws-sdk/client-s3';
import t, { type Test } from 'tap';
import { computeDigest } from '../../lib/record/digest.ts';
import { ParticleType } from '../../lib/record/particle.ts';
import { type Sandbox, startSandbox } from '../../lib/sandbox/index.ts';
import { isMissing } from '../../lib/storage/s3/failure.ts';
import { outcomeOf, run, shell, start } from '../helpers/asb.ts';
import { differences, scanFacts } from '../helpers/facts.ts';
import { writeKey } from '../helpers/keys.ts';
import { type S3Target, s3Target } from '../helpers/s3/target.ts';

const MIB = 1024 * 1024;
const RECORDS = 2000;

interface World extends S3Target {
  readonly sandbox: Sandbox;
  readonly seeds: string;
  /** Options of every command line. */
  readonly at: readonly string[];
  /** `s3://bucket/key` */
  urlOf(key: string): string;
  keys(): Promise<string[]>;
  /** Keys of unfinished uploads. */
  uploads(): Promise<string[]>;
  asb(...args: readonly string[]): ReturnType<typeof run>;
}

const setUp = async (t: Test, records = RECORDS): Promise<World> => {
  const target = await s3Target(t);
  const { bucket, client, env, endpoint } = target;
  const sandbox = await startSandbox({ records });
  t.teardown(() => sandbox.close());
  const at = ['--s3-endpoint-override', endpoint];
  return {
    ...target,
    sandbox,
    seeds: sandbox.seeds.join(),
    at,
    urlOf: (key) => `s3://${bucket}/${key}`,
    async keys() {
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket }));
      return Contents.map(({ Key = '' }) => Key);
    },
    async uploads() {
      const command = new ListMultipartUploadsCommand({ Bucket: bucket });
      const { Uploads = [] } = await client.send(command);
      return Uploads.map(({ Key = '' }) => Key);
    },
    asb: (command = '', ...args) => run([command, ...at, ...args], { env }),
  };
};

/** What was restored to the namespace `copy` is what is in `test`. */
const isRestored = async (t: Test, { seeds }: World): Promise<void> => {
  const [copy, test] = [await scanFacts(seeds, 'copy'), await scanFacts(seeds, 'test')];
  t.equal(copy.size, RECORDS);
  t.strictSame(differences(copy, test), [], 'each record as it was');
};

t.test('a prefix: backup, verify, cat, restore', async (t) => {
  const world = await setUp(t);
  const { asb, seeds, urlOf, keys, uploads } = world;
  const place = urlOf('a b/monday');
  const backup = ['backup', '-h', seeds, '-n', 'test', '-d', place, '-F', '1', '-w', '2'];
  t.match(await asb(...backup), { code: 0, stderr: /^backed up 2,000 records/ });
  const files = await keys();
  t.ok(files.includes('a b/monday/test_00000.asb'));
  t.strictSame(await uploads(), []);

  t.match(await asb(...backup), { code: 1, stderr: / exists/ });
  t.match(await asb(...backup, '-r'), { code: 0 });

  const verified = await asb('verify', '--json', place);
  t.match(JSON.parse(verified.stdout.toString()), { records: RECORDS, failures: [] });
  const text = await asb('cat', place);
  t.match(text, { code: 0, stderr: '' });
  t.equal(text.stdout.toString('latin1').match(/^\+ d /gm)?.length, RECORDS);
  const restored = await asb('restore', '-h', seeds, '-n', 'test,copy', '-d', place);
  t.match(restored, { code: 0, stderr: /2,000 inserted/ });
  await isRestored(t, world);
  const once = await asb('restore', '--validate', '-d', place);
  t.match(once, { code: 0, stdout: /records +2,000/ });
});

t.test('one object, compressed and encrypted', async (t) => {
  const world = await setUp(t);
  const { asb, seeds, urlOf, keys, uploads } = world;
  const key = writeKey(join(t.testdir(), 'key.pem'));
  const secret = ['-y', 'aes256', '--encryption-key-file', key];
  const url = urlOf('one.asb');
  const backup = ['backup', '-h', seeds, '-n', 'test', '-o', url, '-z', 'zstd', ...secret];
  t.match(await asb(...backup), { code: 0, stderr: /to 1 file/ });
  t.strictSame([await keys(), await uploads()], [['one.asb', 'one.asb.manifest.json'], []]);
  t.match(await asb('verify', url), { code: 1, stderr: /encrypted/ });
  const restore = ['restore', '-h', seeds, '-n', 'test,copy', ...secret];
  t.match(await asb(...restore, '-i', url), { code: 0 });
  await isRestored(t, world);

  const prefix = ['-d', urlOf('many')];
  t.match(await asb(...backup.slice(0, 5), ...prefix, '-z', 'zstd', ...secret), { code: 0 });
  t.match(await asb(...restore, ...prefix, '-r', '-g'), { code: 0, stderr: /2,000 inserted/ });
  await isRestored(t, world);
});

t.test('rotate, and a list of prefixes', async (t) => {
  const world = await setUp(t);
  const { at, asb, seeds, urlOf, env } = world;
  const source = `asb scan -h ${seeds} -n test`;
  const rest = `asb serialize -n test | asb rotate ${at.join(' ')}`;
  for (const [name, filter] of [
    ['even', `awk 'NR % 2 == 0'`],
    ['odd', `awk 'NR % 2 == 1'`],
  ]) {
    const line = `${source} | ${filter} | ${rest} -v -d ${urlOf(`list/${name}`)}`;
    t.match(await shell(line, { env }), { code: 0, stderr: /^wrote 1 file/ });
  }
  const list = ['--directory-list', 'odd,even', '--parent-directory', urlOf('list')];
  t.match(await asb('restore', '-h', seeds, '-n', 'test,copy', ...list), { code: 0 });
  await isRestored(t, world);
});

t.test('upload and download', async (t) => {
  const { at, seeds, urlOf, keys, uploads, env } = await setUp(t);
  const words = at.join(' ');
  const url = urlOf('odd key +&é.ndjson');
  const line = `asb scan -h ${seeds} -n test | asb upload -v ${words} '${url}'`;
  t.match(await shell(line, { env }), { code: 0, stderr: /^uploaded / });
  const lines = await shell(`asb download ${words} '${url}' | grep -c digest`, { env });
  t.equal(lines.stdout.toString(), `${RECORDS}\n`);
  const failing = `asb scan -h ${seeds} -n none | asb upload ${words} ${urlOf('none')}`;
  t.match(await shell(failing, { env }), { code: 1, stderr: /^asb upload: an earlier stage/m });
  t.strictSame([await keys(), await uploads()], [['odd key +&é.ndjson'], []]);
});

/** Blobs of 1 MiB: parts of an upload have 5 MiB at least. */
const fill = ({ sandbox }: World): void => {
  const store = sandbox.cluster.namespaces.get('test')!;
  const set = Buffer.from('blobs');
  for (let index = 0; index < 24; index++) {
    const name = Buffer.from(`blob ${index}`);
    store.put({
      digest: computeDigest(set, ParticleType.STRING, name),
      set,
      key: undefined,
      generation: 1,
      voidTime: 0,
      lastUpdate: Date.now(),
      bins: [{ name: Buffer.from('b'), type: ParticleType.BLOB, bytes: Buffer.alloc(MIB, index) }],
    });
  }
};

/** Starts a backup that can't come to its end, and waits until a part of it has arrived. */
const startStalled = async (world: World, args: readonly string[]) => {
  const { sandbox, seeds, at, env, client, bucket, keys } = world;
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  let protos = 0;
  sandbox.nodes[0]!.faults.slow(async () => {
    if (++protos > 18) await released;
  });
  const smallParts = ['--s3-min-part-size', '5'];
  const backup = ['backup', '-h', seeds, '-n', 'test', '-C', ...smallParts, ...at, ...args];
  const older = await keys();
  const child = start(backup, { env });
  const outcome = outcomeOf(child);
  // Until something of it is there: a part, or a file that is whole.
  for (let parts = 0; parts === 0; ) {
    if ((await keys()).some((key) => key.endsWith('.asb') && !older.includes(key))) break;
    const all = new ListMultipartUploadsCommand({ Bucket: bucket });
    const { Uploads: [upload] = [] } = await client.send(all);
    if (upload === undefined) continue;
    const { Key, UploadId } = upload;
    const list = new ListPartsCommand({ Bucket: bucket, Key, UploadId });
    const { Parts = [] } = await client.send(list).catch((error: unknown) => {
      // It was completed in between: another follows.
      if (isMissing(error)) return { Parts: [] };
      throw error;
    });
    parts = Parts.length;
  }
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    const ended = await outcome;
    sandbox.nodes[0]!.faults.clear();
    release();
    return ended;
  };
  return { end };
};

t.test('a backup that is stopped leaves what can be gone on with, and no uploads', async (t) => {
  const world = await setUp(t, 0);
  fill(world);
  const { urlOf, keys, uploads, asb, seeds } = world;
  for (const [signal, code, args] of [
    ['SIGTERM', 143, ['-o', urlOf('one.asb')]],
    ['SIGINT', 130, ['-d', urlOf('many')]],
    ['SIGTERM', 143, ['-d', urlOf('several'), '-F', '8']],
  ] as const) {
    const { end } = await startStalled(world, args);
    t.match(await end(signal), { code, stderr: /stopped by/ }, args.join(' '));
    t.strictSame(await uploads(), [], args.join(' '));
    if (args[0] === '-o') {
      t.strictSame(await keys(), []);
      continue;
    }
    const again = ['backup', '-h', seeds, '-n', 'test', '-C', ...args, '-c', `${args[1]}/`];
    t.match(await asb(...again), { code: 0, stderr: /^backed up 24 records/ });
    const verified = await asb('verify', '--json', args[1]);
    t.match(JSON.parse(verified.stdout.toString()), { records: 24, failures: [] });
    t.notOk((await keys()).find((key) => key.endsWith('.state')));
  }
});

t.test('what a killed backup leaves is removed by the next, or on request', async (t) => {
  const world = await setUp(t, 0);
  fill(world);
  const { urlOf, keys, uploads, asb, seeds } = world;
  // Of one file, which cannot be whole before it is killed.
  for (const args of [
    ['-o', urlOf('one.asb')],
    ['-d', urlOf('many')],
  ]) {
    for (const clean of [['-n', 'test', '-r'], ['--remove-artifacts']]) {
      const { end } = await startStalled(world, ['-r', ...args]);
      t.match(await end('SIGKILL'), { signal: 'SIGKILL' });
      t.not((await uploads()).length, 0, 'it had no time to clear up');
      t.match(await asb('backup', '-h', seeds, ...clean, ...args), { code: 0 });
      t.strictSame(await uploads(), []);
    }
    t.strictSame(await keys(), []);
  }
  const { end } = await startStalled(world, ['-d', urlOf('many')]);
  await end('SIGKILL');
  const refused = await asb('backup', '-h', seeds, '-n', 'test', '-d', urlOf('many'));
  t.match(refused, { code: 1, stderr: /was cut off/ });
});

/** What a prefix and an object must be on any S3 server: the tests' own, and a real one. */
import {
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import t, { type Test } from 'tap';
import { shardSharing } from '../../lib/jobs/shard.ts';
import { s3, s3Files, s3Object } from '../../lib/storage/s3/s3.ts';
import type { Storage } from '../../lib/storage/storage.ts';
import type { StoredFile } from '../../lib/storage/stored-file.ts';
import { s3Target } from '../helpers/s3/target.ts';

/** A bucket, what is put into it without us, and what is in it. */
const setUp = async (t: Test) => {
  const { client, bucket } = await s3Target(t);
  const Bucket = bucket;
  return {
    client,
    bucket,
    put: (Key: string) => client.send(new PutObjectCommand({ Bucket, Key, Body: 'old' })),
    upload: (Key: string) => client.send(new CreateMultipartUploadCommand({ Bucket, Key })),
    objects: async () => {
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket }));
      return Contents.map(({ Key }) => Key);
    },
    uploads: async () => {
      const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket }));
      return Uploads.map(({ Key }) => Key);
    },
  };
};

const write = async (storage: Storage, name: string, text: string): Promise<void> => {
  const file = await storage.create(name);
  await file.write(Buffer.from(text));
  await file.close();
};

const textOf = async (file: StoredFile): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of file.open()) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
};

const told = (files: readonly StoredFile[]) =>
  Promise.all(files.map(async (file) => [file.location, file.size, await textOf(file)]));

for (const [prefix, path] of [
  ['', ''],
  ['a', 'a/'],
  ['a/', 'a/'],
  ['a/b c/ü+%', 'a/b c/ü+%/'],
] as const) {
  t.test(`files under the prefix "${prefix}"`, async (t) => {
    const { client, bucket, put, objects, uploads } = await setUp(t);
    const home = s3(prefix === '' ? { client, bucket } : { client, bucket, prefix });
    const location = (name: string): string => `s3://${bucket}/${path}${name}`;
    await home.prepare({ removeFiles: false });
    await t.rejects(home.files(), { code: path === '' ? 'EMPTY' : 'NOT_FOUND' });

    await write(home, 'test_100000.asb', 'second');
    await write(home, 'test_99999.asb', 'first');
    const inOrder = [
      [location('test_99999.asb'), 5, 'first'],
      [location('test_100000.asb'), 6, 'second'],
    ];
    t.strictSame(await told(await home.files()), inOrder);
    t.strictSame(await told(await s3Files({ client, bucket, key: prefix })), inOrder);
    t.strictSame(await objects(), [`${path}test_100000.asb`, `${path}test_99999.asb`]);

    const first = { file: location('test_99999.asb') };
    await t.rejects(home.prepare({ removeFiles: false }), { code: 'EXISTS', facts: first });
    const facts = { file: location('test_100000.asb') };
    await t.rejects(home.create('test_100000.asb'), { code: 'EXISTS', facts });

    const aborted = await home.create('aborted.asb');
    t.match(aborted, { name: 'aborted.asb', location: location('aborted.asb') });
    await aborted.write(Buffer.from('text'));
    await aborted.abort();
    t.strictSame(await uploads(), []);
    t.equal((await objects()).length, 2);

    await home.remove('test_99999.asb');
    await home.remove('test_99999.asb');
    t.strictSame(await objects(), [`${path}test_100000.asb`]);
    await put(`${path}notes.txt`);
    await home.prepare({ removeFiles: true });
    t.strictSame(await objects(), [`${path}notes.txt`]);
    await home.prepare({ removeFiles: false });
    await t.rejects(home.files(), { code: 'EMPTY', message: /"notes\.txt"/ });
  });
}

t.test('what is no file of this place is left alone', async (t) => {
  const { client, bucket, put, upload, objects, uploads } = await setUp(t);
  const home = s3({ client, bucket, prefix: 'monday' });
  const others = [
    'a.asb',
    'monday',
    'monday/',
    'monday/.hidden.asb',
    'monday/a.asb.gz',
    'monday/deeper/a.asb',
    'monday/notes.txt',
    'monday2/a.asb',
    'mondaya.asb',
    'tuesday/a.asb',
  ];
  const ours = ['monday/a.asb', 'monday/ü b.asb'];
  for (const key of others) {
    await put(key);
    await upload(key);
  }
  await home.prepare({ removeFiles: false });
  await t.rejects(home.files(), { code: 'EMPTY', message: /deeper\// });

  for (const key of [...ours, ...ours]) await upload(key);
  const first = { code: 'EXISTS', facts: { file: `s3://${bucket}/monday/a.asb` } };
  await t.rejects(home.prepare({ removeFiles: false }), first);
  for (const key of ours) await put(key);
  await t.rejects(home.prepare({ removeFiles: false }), first);
  t.equal((await objects()).length, others.length + ours.length);
  t.equal((await uploads()).length, others.length + 2 * ours.length);

  await home.prepare({ removeFiles: true });
  t.strictSame(await objects(), others);
  t.strictSame(await uploads(), others);
});

t.test('documents beside a backup are in the way, or removed with it', async (t) => {
  const { client, bucket, put, objects } = await setUp(t);
  const others = ['b/.test.asb.state', 'b/test.state', 'b/deeper/test.asb.state', 'test.asb.state'];
  for (const key of others) await put(key);
  const home = s3({ client, bucket, prefix: 'b' });
  await home.prepare({ removeFiles: false });
  for (const key of ['b/a.asb', 'b/test.manifest.json', 'b/test.asb.state']) {
    await put(key);
    const told = { code: 'EXISTS', facts: { file: `s3://${bucket}/${key}` } };
    if (key !== 'b/test.manifest.json') await t.rejects(home.prepare({ removeFiles: false }), told);
  }
  await home.prepare({ removeFiles: true });
  t.strictSame(await objects(), others.sort());
  for (const end of ['.manifest.json', '.state', '']) {
    const file = s3Object({ client, bucket, key: 'c/one' });
    await put(`c/one${end}`);
    const told = { code: 'EXISTS', facts: { file: `s3://${bucket}/c/one${end}` } };
    await t.rejects(file.prepare({ removeFiles: false }), told);
    await file.prepare({ removeFiles: true });
    t.strictSame(await objects(), [...others, ...(end === '' ? ['c/one'] : [])].sort());
  }
});

t.test('a backup goes on: what is kept stays, what was cut off goes', async (t) => {
  const { client, bucket, put, upload, objects, uploads } = await setUp(t);
  const isOurs = (name: string): boolean => name.startsWith('test_');
  const others = ['a.asb', 'b/deeper/test_00001.asb', 'b/notes.txt', 'b/test.asb.state'];
  for (const key of others) {
    await put(key);
    await upload(key);
  }
  for (const key of ['b/test_00000.asb', 'b/test_00001.asb']) await put(key);
  for (const key of ['b/test_00001.asb', 'b/test_00002.asb']) await upload(key);
  const home = s3({ client, bucket, prefix: 'b' });
  const before = await objects();
  for (const [name, bytes, code] of [
    ['test_00003.asb', 3, 'NOT_FOUND'],
    ['test_00000.asb', 4, 'TRUNCATED'],
    ['test_00000.asb', 2, 'FORMAT'],
    ['../a.asb', 3, 'FORMAT'],
  ] as const) {
    await t.rejects(home.prepareToContinue([{ name, bytes }], isOurs), { code });
  }
  const kept = [{ name: 'test_00000.asb', bytes: 3 }];
  const foreign = { code: 'EXISTS', facts: { file: `s3://${bucket}/b/test_00000.asb` } };
  await t.rejects(
    home.prepareToContinue([], () => false),
    foreign,
  );
  await t.rejects(
    home.prepareToContinue(kept, (name) => name === 'test_00001.asb'),
    { code: 'EXISTS', facts: { file: `s3://${bucket}/b/test_00002.asb` } },
  );
  t.strictSame(await objects(), before, 'and nothing was removed');
  await home.prepareToContinue(kept, isOurs);
  await home.prepareToContinue(kept, isOurs);
  t.strictSame(await objects(), [...others, 'b/test_00000.asb'].sort());
  t.strictSame(await uploads(), others);
});

t.test('one object goes on anew, unless it is whole', async (t) => {
  const { client, bucket, put, upload, uploads } = await setUp(t);
  const file = s3Object({ client, bucket, key: 'a.asb' });
  t.equal(file.resume, undefined);
  for (const key of ['a.asb', 'a.asb2']) await upload(key);
  await file.prepareToContinue([], () => true);
  t.strictSame(await uploads(), ['a.asb2']);
  const kept = [{ name: 'a.asb', bytes: 3 }];
  await t.rejects(
    file.prepareToContinue(kept, () => true),
    { code: 'USAGE' },
  );
  await put('a.asb');
  const whole = file.prepareToContinue([], () => true);
  await t.rejects(whole, { code: 'EXISTS', facts: { file: `s3://${bucket}/a.asb` } });
});

t.test('no name leads out of a prefix', async (t) => {
  const { client, bucket, put, objects } = await setUp(t);
  await put('a/b.asb');
  const home = s3({ client, bucket, prefix: 'a' });
  for (const name of ['../a.asb', '/b.asb', 'c/b.asb', 'b\0.asb', 'b\n.asb', '']) {
    await t.rejects(home.create(name), { code: 'USAGE' });
    await t.rejects(home.remove(name), { code: 'USAGE' });
  }
  t.strictSame(await objects(), ['a/b.asb']);
});

t.test('one object: the older one stays until the new one is whole', async (t) => {
  const { client, bucket, put, upload, objects, uploads } = await setUp(t);
  const home = s3Object({ client, bucket, key: 'b c/ü+%.asb' });
  const location = `s3://${bucket}/b c/ü+%.asb`;
  t.match(home, { name: 'ü+%.asb', location });
  await home.prepare({ removeFiles: false });
  await t.rejects(home.files(), { code: 'NOT_FOUND', facts: { file: location } });

  await put('b c/ü+%.asb');
  for (const key of ['b c/ü+%.asb', 'b c/ü+%.asb', 'b c/ü+%.asb2']) await upload(key);
  const refused = home.prepare({ removeFiles: false });
  await t.rejects(refused, { code: 'EXISTS', facts: { file: location } });
  await home.prepare({ removeFiles: true });
  t.strictSame(await uploads(), ['b c/ü+%.asb2']);
  t.strictSame(await told(await home.files()), [[location, 3, 'old']]);

  const aborted = await home.create('any name');
  t.match(aborted, { name: 'ü+%.asb', location });
  await aborted.write(Buffer.from('half'));
  await aborted.abort();
  t.strictSame(await told(await home.files()), [[location, 3, 'old']]);

  await write(home, 'any name', 'whole');
  t.strictSame(await told(await home.files()), [[location, 5, 'whole']]);
  await home.remove('any name');
  await home.remove('any name');
  t.strictSame(await objects(), []);
});

t.test('the files of a backup', async (t) => {
  const { client, bucket, put } = await setUp(t);
  for (const key of [
    'both',
    'both/x.asb',
    'deep/er/x.asb',
    'many/.hidden.asb',
    'many/deeper/x.asb',
    'many/notes.txt',
    'many/test_10.asb',
    'many/test_9.asb',
    'marker/',
    'none/notes.txt',
    'one.asb',
  ]) {
    await put(key);
  }
  for (const [key, names] of [
    ['', ['one.asb']],
    ['one.asb', ['one.asb']],
    ['both', ['both']],
    ['both/', ['x.asb']],
    ['many', ['test_9.asb', 'test_10.asb']],
    ['many/', ['test_9.asb', 'test_10.asb']],
    ['many/notes.txt', ['notes.txt']],
    ['many/deeper', ['x.asb']],
  ] as const) {
    const files = await s3Files({ client, bucket, key });
    t.strictSame(
      files.map(({ name }) => name),
      names,
      key,
    );
  }
  for (const [key, code, words] of [
    ['none', 'EMPTY', /"notes\.txt"/],
    ['deep/', 'EMPTY', /"er\/"/],
    ['marker', 'EMPTY', /it is empty/],
    ['on', 'NOT_FOUND', /\/on$/],
    ['one.asb/', 'NOT_FOUND', /\/one\.asb\/$/],
    ['nothing/at all', 'NOT_FOUND', /\/nothing\/at all$/],
  ] as const) {
    const facts = { file: `s3://${bucket}/${key}` };
    await t.rejects(s3Files({ client, bucket, key }), { code, facts, message: words }, key);
  }
});

t.test('a bucket that is not there', async (t) => {
  const { client, bucket: other } = await setUp(t);
  const bucket = `${other}-not`;
  for (const prefix of ['', 'monday']) {
    const home = s3({ client, bucket, prefix });
    const file = s3Object({ client, bucket, key: 'a.asb' });
    for (const asking of [
      () => home.prepare({ removeFiles: false }),
      () => home.prepare({ removeFiles: true }),
      () => home.create('a.asb'),
      () => home.remove('a.asb'),
      () => home.files(),
      () => file.prepare({ removeFiles: false }),
      () => file.prepare({ removeFiles: true }),
      () => file.remove(''),
      () => file.files(),
      () => s3Files({ client, bucket, key: prefix }),
    ]) {
      await t.rejects<unknown>(asking(), { code: 'STORAGE', cause: { name: 'NoSuchBucket' } });
    }
  }
});

t.test('a prefix that shards have in common', async (t) => {
  const { client, bucket, put, upload, objects, uploads } = await setUp(t);
  const prefix = 'a';
  const home = s3({
    client,
    bucket,
    prefix,
    sharing: shardSharing({ namespace: 'test', shard: { index: 2, count: 4 } }),
  });
  for (const index of [1, 2]) {
    for (const end of ['_00000.asb', '.manifest.json', '.asb.state']) {
      await put(`a/test-${index}-of-4${end}`);
    }
    await upload(`a/test-${index}-of-4_00001.asb`);
  }
  await t.rejects(home.prepare({ removeFiles: false }), { code: 'EXISTS' });
  await home.prepare({ removeFiles: true });
  await home.prepare({ removeFiles: false });
  await upload('a/test-2-of-4_00001.asb');
  await home.prepareToContinue([], (name) => name.startsWith('test-2-of-4_'));
  const stays = ['.asb.state', '.manifest.json', '_00000.asb'].map((end) => `a/test-1-of-4${end}`);
  t.strictSame(await objects(), stays);
  t.strictSame(await uploads(), ['a/test-1-of-4_00001.asb']);
  await put('a/test-1-of-3_00000.asb');
  await t.rejects(home.prepare({ removeFiles: true }), { code: 'EXISTS' });
  t.equal((await objects()).length, 4);
});

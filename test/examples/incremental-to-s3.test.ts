import { join } from 'node:path';
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import t from 'tap';
import { startSandbox } from '../../lib/sandbox/index.ts';
import { run } from '../helpers/asb.ts';
import { give, type Line, linesOf, look, runScript } from '../helpers/examples.ts';
import { s3Target } from '../helpers/s3/target.ts';

/** Of the server: what was written an hour ago is older than the first backup, and its margin. */
let shift = -3_600_000;
const sandbox = await startSandbox({
  clock: {
    now: () => Date.now() + shift,
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  },
});
const copy = await startSandbox();
t.teardown(() => Promise.all([sandbox.close(), copy.close()]));
const seeds = sandbox.seeds.join();
const target = await s3Target(t);
const S3_OPTIONS = `--s3-endpoint-override ${target.endpoint}`;

const backUp = (full: string, ...options: readonly string[]) =>
  runScript(['incremental-to-s3.sh', 'test', `s3://${target.bucket}/nightly`, '-h', ...options], {
    env: { ...target.env, S3_OPTIONS, FULL: full },
  });

/** Where the last complete backup is. */
const latest = async (): Promise<string> => {
  const place = { Bucket: target.bucket, Key: 'nightly/test/latest' };
  const { Body } = await target.client.send(new GetObjectCommand(place));
  return (await Body?.transformToString()) ?? '';
};
const keysOf = async (place: string): Promise<unknown[]> => {
  const options = place.startsWith('s3:') ? S3_OPTIONS.split(' ') : [];
  const cat = await run(['cat', ...options, place], { env: target.env });
  const parsed = await run(['parse'], { input: cat.stdout });
  return linesOf(parsed.stdout.toString())
    .flatMap(({ key }) => key ?? [])
    .sort();
};
const numbered = (from: number, to: number, bins: Line['bins']): Line[] =>
  Array.from({ length: to - from }, (_, n) => ({ set: 's', key: from + n, bins }));

t.test('a full one, incremental ones, and a failure between them', async (t) => {
  await give(seeds, 'test', numbered(100, 200, { v: 'old' }));

  const first = await backUp('0', seeds);
  t.equal(first.code, 0, first.stderr);
  const full = await latest();
  t.match(full, /\/nightly\/test\/[-\dT]+Z-full$/);
  t.equal((await keysOf(full)).length, 100);

  shift = 0;
  await give(seeds, 'test', numbered(195, 205, { v: 'new' }));
  const failed = await backUp('0', seeds, '--no-such-option');
  t.notOk(failed.code === 0);
  t.equal(await latest(), full, 'the next one builds on what is complete');

  const second = await backUp('0', seeds);
  t.equal(second.code, 0, second.stderr);
  const incremental = await latest();
  t.match(incremental, /Z-incremental$/);
  t.strictSame(await keysOf(incremental), [195, 196, 197, 198, 199, 200, 201, 202, 203, 204]);

  const nameOf = (place: string): string => place.slice(place.lastIndexOf('/') + 1);
  const restored = await run(
    [
      ...['restore', '-g', '-h', copy.seeds.join(), ...S3_OPTIONS.split(' ')],
      ...['--parent-directory', `s3://${target.bucket}/nightly/test`],
      ...['--directory-list', [full, incremental].map(nameOf).join()],
    ],
    { env: target.env },
  );
  t.equal(restored.code, 0, restored.stderr);
  const values = (lines: readonly Line[]): unknown[] =>
    lines.map(({ key, bins }) => ({ key, bins }));
  t.strictSame(values(await look(copy.seeds.join(), 'test')), values(await look(seeds, 'test')));

  const directory = join(t.testdir({}), 'week');
  const merged = await run(
    ['merge', ...S3_OPTIONS.split(' '), full, incremental, '-d', directory],
    {
      env: target.env,
    },
  );
  t.equal(merged.code, 0, merged.stderr);
  t.strictSame(
    await keysOf(directory),
    numbered(100, 205, {}).map(({ key }) => key),
  );
});

t.test('a record that was deleted and made anew: the later one wins by -g', async (t) => {
  const root = t.testdir({});
  for (const v of ['old', 'new']) {
    const input = JSON.stringify({ set: 's', key: 'anew', generation: 1, bins: { v } });
    const text = await run(['serialize', '-n', 'test'], { input });
    const rotated = await run(['rotate', '-d', join(root, v)], { input: text.stdout });
    t.equal(rotated.code, 0, rotated.stderr);
  }
  const restored = async (...options: readonly string[]): Promise<unknown> => {
    const hosts = ['-h', copy.seeds.join(), '-n', 'test,copy'];
    const list = ['--parent-directory', root, '--directory-list', 'old,new'];
    await run(['restore', ...hosts, ...list, ...options]);
    return (await look(copy.seeds.join(), 'copy')).map(({ bins }) => bins);
  };
  t.strictSame(await restored(), [{ v: 'old' }], 'its generation is not above');
  t.strictSame(await restored('-g'), [{ v: 'new' }]);
});

t.test('full ones when they are due', async (t) => {
  const outcome = await backUp('1', seeds);
  t.equal(outcome.code, 0, outcome.stderr);
  t.match(await latest(), /Z-full$/);
  const { Contents = [] } = await target.client.send(
    new ListObjectsV2Command({ Bucket: target.bucket, Prefix: 'nightly/test/' }),
  );
  t.strictSame(
    Contents.filter(({ Key = '' }) => Key.endsWith('.state')),
    [],
  );
});

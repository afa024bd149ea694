import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { documentAt, documentNames, MAX_DOCUMENT } from '../../lib/storage/documents.ts';
import { s3Document } from '../../lib/storage/s3/s3-document.ts';
import { clientOf } from '../helpers/s3/client.ts';
import { BUCKET, ownServer } from '../helpers/s3/connection.ts';

/** Both kinds of places, each with what others put into it. */
const places = async (t: Test) => {
  const dir = t.testdir({});
  const server = await ownServer(t, { pageSize: 2 });
  const s3 = { client: clientOf(t, server) };
  return [
    { dir, s3, put: async (name: string, text: Buffer) => writeFileSync(join(dir, name), text) },
    {
      dir: `s3://${BUCKET}/a b`,
      s3,
      put: (name: string, text: Buffer) =>
        s3Document({ ...s3, bucket: BUCKET, key: `a b/${name}` }).write(text),
    },
  ];
};

t.test('written, read, replaced and removed', async (t) => {
  for (const { dir, s3 } of await places(t)) {
    const document = documentAt(`${dir}/test.asb.state`, s3);
    t.equal(document.location, `${dir}/test.asb.state`);
    t.equal(await document.read(), undefined);
    await document.remove();
    for (const text of ['{"a":1}', '', '\uFEFFé🂡\0\r\n']) {
      await document.write(text);
      t.equal(await document.read(), text);
      t.equal(await documentAt(document.location, s3).read(), text, 'whoever reads it');
    }
    await document.remove();
    t.equal(await document.read(), undefined);
  }
});

t.test('what is no text', async (t) => {
  for (const { dir, s3, put } of await places(t)) {
    await put('bad', Buffer.from([0x61, 0xff, 0x62]));
    const file = `${dir}/bad`;
    await t.rejects(documentAt(file, s3).read(), { code: 'FORMAT', facts: { file } });
  }
});

t.test('names with an end', async (t) => {
  for (const { dir, s3, put } of await places(t)) {
    t.strictSame(await documentNames(dir, '.json', s3), []);
    for (const name of ['b_10.json', 'b_9.json', '.c.json', 'd.jsonx', 'json']) {
      await put(name, Buffer.from('x'));
    }
    t.strictSame(await documentNames(dir, '.json', s3), ['b_9.json', 'b_10.json']);
  }
});

t.test('what is too large is neither read nor written', async (t) => {
  const dir = t.testdir({ large: '' });
  truncateSync(join(dir, 'large'), MAX_DOCUMENT + 1);
  const large = documentAt(join(dir, 'large'));
  const told = { code: 'LIMIT', facts: { file: large.location } };
  await t.rejects(large.read(), told);
  await t.rejects(large.write('x'.repeat(MAX_DOCUMENT + 1)), told);
  truncateSync(join(dir, 'large'), MAX_DOCUMENT);
  t.equal((await large.read())?.length, MAX_DOCUMENT);
});

t.test('any text', async (t) => {
  const document = documentAt(join(t.testdir({}), 'a'));
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 50 }), async (text) => {
      await document.write(text);
      return (await document.read()) === text && readFileSync(document.location, 'utf8') === text;
    }),
    { numRuns: 10 },
  );
  t.strictSame(readdirSync(t.testdirName), ['a']);
});

t.test('no place for a document', async (t) => {
  for (const url of ['s3://', 's3://vault', 's3://vault/a/']) {
    t.throws(() => documentAt(url), { code: 'USAGE' }, url);
  }
  await t.rejects(documentNames('s3://', ''), { code: 'USAGE' });
});

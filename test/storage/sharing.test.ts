/** Several backups in one place: none touches what is another's, in a directory or in S3. */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { homeAt } from '../../lib/storage/homes.ts';
import { nameOfPart, partNameOf } from '../../lib/storage/names.ts';
import { ALONE, ownAmong, type Sharing } from '../../lib/storage/sharing.ts';
import type { Home } from '../../lib/storage/storage.ts';
import { clientOf } from '../helpers/s3/client.ts';
import { BUCKET, ownServer } from '../helpers/s3/connection.ts';

const sharing: Sharing = {
  isOurs: (name) => name.startsWith('own'),
  isSibling: (name) => name.startsWith('sibling'),
};

/** A place of two backups: what it holds, and how. */
interface Shared {
  readonly home: Home;
  readonly put: (name: string) => void;
  /** A file that is not whole: a part, or an upload. */
  readonly begin: (name: string) => void;
  /** Names, and those of files that are not whole in brackets; sorted. */
  readonly names: () => string[];
}

const inDirectory = async (t: Test): Promise<Shared> => {
  const path = t.testdir({});
  const put = (name: string): void => writeFileSync(join(path, name), 'text');
  return {
    home: homeAt(path, { sharing }),
    put,
    begin: (name) => put(partNameOf(name)),
    names() {
      const told = (name: string) => {
        const file = nameOfPart(name);
        return file === undefined ? name : `(${file})`;
      };
      return readdirSync(path).map(told).sort();
    },
  };
};

const inS3 = async (t: Test): Promise<Shared> => {
  const server = await ownServer(t, { pageSize: 2 });
  const client = clientOf(t, server);
  return {
    home: homeAt(`s3://${BUCKET}/b`, { client, sharing }),
    put: (name) => server.put(BUCKET, `b/${name}`, 'text'),
    begin: (name) => void server.startUpload(BUCKET, `b/${name}`),
    names: () =>
      [
        ...server.objects(BUCKET).map((key) => key.slice(2)),
        ...server.uploads(BUCKET).map(({ key }) => `(${key.slice(2)})`),
      ].sort(),
  };
};

const PLACES = { directory: inDirectory, S3: inS3 };
const ENDS = ['_00000.asb', '.manifest.json', '.asb.state'];
const SIBLINGS = ENDS.map((end) => `sibling${end}`);

for (const [name, open] of Object.entries(PLACES)) {
  t.test(`${name}: siblings are in nobody's way, and stay`, async (t) => {
    const { home, put, begin, names } = await open(t);
    for (const sibling of [...SIBLINGS, 'notes.txt']) put(sibling);
    begin('sibling_00001.asb');
    const before = names();
    await home.prepare({ removeFiles: false });
    await home.prepare({ removeFiles: true });
    await home.prepareToContinue([], sharing.isOurs);
    t.strictSame(names(), before);
  });

  t.test(`${name}: what is our own is refused, or removed`, async (t) => {
    for (const own of [...ENDS.map((end) => `own${end}`), '(own_00001.asb)']) {
      const { home, put, begin, names } = await open(t);
      for (const sibling of SIBLINGS) put(sibling);
      begin('sibling_00001.asb');
      const before = names();
      if (own.startsWith('(')) begin(own.slice(1, -1));
      else put(own);
      await t.rejects(home.prepare({ removeFiles: false }), { code: 'EXISTS' }, own);
      t.strictSame(names(), [...before, own].sort());
      await home.prepare({ removeFiles: true });
      t.strictSame(names(), before);
    }
  });

  t.test(`${name}: what is nobody's is refused, whatever is to be removed`, async (t) => {
    for (const other of [...ENDS.map((end) => `other${end}`), '(other_00001.asb)']) {
      const { home, put, begin, names } = await open(t);
      for (const file of [...SIBLINGS, 'own_00000.asb']) put(file);
      begin('own_00001.asb');
      if (other.startsWith('(')) begin(other.slice(1, -1));
      else put(other);
      const before = names();
      for (const removeFiles of [false, true]) {
        await t.rejects(home.prepare({ removeFiles }), { code: 'EXISTS' }, other);
      }
      t.strictSame(names(), before);
    }
  });

  t.test(`${name}: a backup goes on beside its siblings`, async (t) => {
    const { home, put, begin, names } = await open(t);
    for (const file of [...SIBLINGS, 'own_00000.asb', 'own_00001.asb', 'own.asb.state']) put(file);
    for (const file of ['own_00002.asb', 'sibling_00001.asb']) begin(file);
    await home.prepareToContinue([{ name: 'own_00000.asb', bytes: 4 }], sharing.isOurs);
    const stays = [...SIBLINGS, '(sibling_00001.asb)', 'own_00000.asb', 'own.asb.state'];
    t.strictSame(names(), stays.sort());
    for (const other of ['other_00000.asb', '(other_00001.asb)']) {
      if (other.startsWith('(')) begin(other.slice(1, -1));
      else put(other);
      const goesOn = home.prepareToContinue([], sharing.isOurs);
      await t.rejects(goesOn, { code: 'EXISTS' }, other);
    }
  });
}

t.test('parts of documents go with their backup', async (t) => {
  const { home, begin, names } = await inDirectory(t);
  for (const end of ['.manifest.json', '.asb.state']) {
    for (const whose of ['own', 'sibling', 'other']) begin(`${whose}${end}`);
  }
  await home.prepare({ removeFiles: true });
  t.strictSame(names(), [
    '(other.asb.state)',
    '(other.manifest.json)',
    '(sibling.asb.state)',
    '(sibling.manifest.json)',
  ]);
});

t.test('whose names are whose', async (t) => {
  const at = (name: string): string => `out/${name}`;
  const names = ['sibling', 'own2', '.own.part', 'own10', '.sibling.part'];
  t.strictSame(ownAmong(names, sharing, at), ['own2', '.own.part', 'own10']);
  t.strictSame(ownAmong(names, ALONE, at), names, 'alone, all is ours');
  t.strictSame(ownAmong([], ALONE, at), []);
  t.notOk(ALONE.isSibling('a'));
  const others = ['own', 'x10', 'x9', '.y.part'];
  const told = { code: 'EXISTS', facts: { file: 'out/.y.part' } };
  t.throws(() => ownAmong(others, sharing, at), told);
});

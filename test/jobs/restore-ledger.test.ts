import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t, { type Test } from 'tap';
import type { ErrorFacts } from '../../lib/errors.ts';
import { RestoreLedger } from '../../lib/jobs/restore-ledger.ts';
import type { RestoreOptions } from '../../lib/jobs/restore-options.ts';
import { findFiles } from '../../lib/jobs/restore-source.ts';
import { HEADER, manyRecords, TEXT } from '../helpers/asb-text.ts';
import { manifestTextOf } from '../helpers/manifests.ts';
import { clientOf } from '../helpers/s3/client.ts';
import { BUCKET, ownServer } from '../helpers/s3/connection.ts';

const SMALL = Buffer.concat([HEADER, ...manyRecords(3)]);

/** Two backups, one with a manifest, and what a restore of both says. */
const placesIn = (t: Test) => {
  const place = t.testdir({
    full: { 'a.asb': TEXT, 'b.asb': SMALL },
    more: { 'a.asb': SMALL, 'more.manifest.json': manifestTextOf({ 'a.asb': SMALL }) },
    states: {},
  });
  const stateFile = join(place, 'one.state');
  const source = { directoryList: ['full', 'more'], parentDirectory: place };
  return { place, stateFile, source };
};

/** @throws Error if no state was asked for */
const open = async (options: RestoreOptions) => {
  const files = await findFiles(options);
  const ledger = await RestoreLedger.open(options, files, 'copy');
  if (ledger === undefined) throw new Error('no state was asked for');
  return { ledger, files };
};

t.test('files that are done are known when it goes on', async (t) => {
  const { stateFile, source } = placesIn(t);
  const { ledger, files } = await open({ ...source, stateFile });
  t.match(JSON.parse(readFileSync(stateFile, 'utf8')), { files: [] }, 'from the begin on');
  const [full, more] = files.groups;
  ledger.add(0, full![0]!, { bytes: TEXT.length, records: 7 });
  ledger.add(1, more![0]!, { bytes: SMALL.length, records: 3 });
  await ledger.settle();
  t.match(ledger.begun, { files: 0, records: 0 });
  t.notOk(ledger.wasDone(0, full![0]!), 'when this run began, it was not');

  const next = await open({ ...source, continueFrom: stateFile });
  t.strictSame(next.ledger.begun, { files: 2, records: 10 });
  t.strictSame(
    next.files.groups.map((group, at) => group.map((file) => next.ledger.wasDone(at, file))),
    [[true, false], [true]],
    'two files of one name are two',
  );
  const [first, second] = JSON.parse(readFileSync(stateFile, 'utf8')).files;
  t.strictSame(first, { place: 0, name: 'a.asb', bytes: TEXT.length, records: 7 });
  t.match(second.sha256, /^[0-9a-f]{64}$/, 'as the manifest says');
  next.ledger.add(0, full![1]!, { bytes: SMALL.length, records: 3 });
  await next.ledger.settle();
  t.match((await open({ ...source, continueFrom: stateFile })).ledger.begun, { files: 3 });
  await next.ledger.remove();
  t.notOk(existsSync(stateFile));
});

t.test('where a state is', async (t) => {
  const { place, source } = placesIn(t);
  const states = join(place, 'states');
  const { ledger } = await open({ ...source, stateFile: states });
  t.equal(ledger.location, join(states, 'copy.restore.state'));
  t.equal((await open({ ...source, continueFrom: states })).ledger.location, ledger.location);
  const files = await findFiles(source);
  t.equal(await RestoreLedger.open(source, files, 'copy'), undefined, 'nobody asked for one');

  const server = await ownServer(t);
  const s3 = { client: clientOf(t, server) };
  const url = `s3://${BUCKET}/states/`;
  const remote = await open({ ...source, stateFile: url, s3 });
  remote.ledger.add(0, remote.files.groups[0]![0]!, { bytes: TEXT.length, records: 7 });
  await remote.ledger.settle();
  t.equal(remote.ledger.location, `${url}copy.restore.state`);
  const next = await open({ ...source, continueFrom: url, s3 });
  t.match(next.ledger.begun, { files: 1, records: 7 });
  await next.ledger.remove();
  await t.rejects(open({ ...source, continueFrom: url, s3 }), { code: 'NOT_FOUND' });
});

t.test('many files that end at once are saved together', async (t) => {
  const { stateFile, source } = placesIn(t);
  const { ledger, files } = await open({ ...source, stateFile });
  const file = files.groups[0]![0]!;
  for (let at = 0; at < 500; at++) {
    ledger.add(at, { ...file, name: `${at}.asb` }, { bytes: at, records: 1 });
  }
  await ledger.settle();
  t.equal(JSON.parse(readFileSync(stateFile, 'utf8')).files.length, 500);
});

interface Wrong {
  readonly code: string;
  readonly facts?: ErrorFacts;
}

t.test('what cannot be gone on with', async (t) => {
  const { place, stateFile, source } = placesIn(t);
  const begun = async (): Promise<void> => {
    rmSync(stateFile, { force: true });
    const { ledger, files } = await open({ ...source, stateFile });
    ledger.add(0, files.groups[0]![0]!, { bytes: TEXT.length, records: 7 });
    ledger.add(1, files.groups[1]![0]!, { bytes: SMALL.length, records: 3 });
    await ledger.settle();
  };
  const edit = (change: (state: string) => string): void =>
    writeFileSync(stateFile, change(readFileSync(stateFile, 'utf8')));
  const full = join(place, 'full/a.asb');
  const more = join(place, 'more/a.asb');
  const rows: readonly [string, () => void, Partial<RestoreOptions>, Wrong][] = [
    ['none', () => rmSync(stateFile), {}, { code: 'NOT_FOUND', facts: { file: stateFile } }],
    ['no state', () => edit(() => '{}'), {}, { code: 'FORMAT', facts: { file: stateFile } }],
    ['cut', () => edit((text) => text.slice(0, -9)), {}, { code: 'FORMAT' }],
    ['other sets', () => {}, { sets: ['x'] }, { code: 'USAGE' }],
    ['other list', () => {}, { directoryList: ['more', 'full'] }, { code: 'USAGE' }],
    [
      'another size',
      () => writeFileSync(full, SMALL),
      {},
      { code: 'FORMAT', facts: { file: full } },
    ],
    ['gone', () => rmSync(full), {}, { code: 'FORMAT', facts: { file: full } }],
    [
      'no such place',
      () => edit((text) => text.replace('"place":1', '"place":9')),
      {},
      { code: 'FORMAT' },
    ],
    [
      'another one of the same size',
      () => edit((text) => text.replace(/"sha256":"../, '"sha256":"00')),
      {},
      { code: 'FORMAT', facts: { file: more } },
    ],
  ];
  for (const [name, prepare, changes, error] of rows) {
    await begun();
    prepare();
    await t.rejects(open({ ...source, ...changes, continueFrom: stateFile }), error, name);
    writeFileSync(full, TEXT);
  }
  await begun();
  await t.rejects(open({ ...source, stateFile }), { code: 'EXISTS', facts: { file: stateFile } });
  const { ledger } = await open({ ...source, continueFrom: stateFile, manifest: false });
  t.match(ledger.begun, { files: 2 }, 'without a manifest, the size alone is compared');
});

t.test('a state that cannot be saved any more', async (t) => {
  const { place, source } = placesIn(t);
  const stateFile = join(place, 'states/one.state');
  const { ledger, files } = await open({ ...source, stateFile });
  rmSync(dirname(stateFile), { recursive: true });
  writeFileSync(dirname(stateFile), 'a file in the place of the directory');
  const file = files.groups[0]![0]!;
  ledger.add(0, file, { bytes: 1, records: 1 });
  await t.rejects(ledger.settle(), { code: 'STORAGE' });
  t.throws(() => ledger.add(0, file, { bytes: 1, records: 1 }), { code: 'STORAGE' });
  await t.rejects(ledger.settle(), { code: 'STORAGE' });
});

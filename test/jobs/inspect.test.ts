import { Readable } from 'node:stream';
import t from 'tap';
import { openInput } from '../../lib/jobs/backup-input.ts';
import { findRecords, inspect } from '../../lib/jobs/inspect.ts';
import { HEADER, manyRecords, TEXT } from '../helpers/asb-text.ts';
import { inChunks } from '../helpers/streams.ts';

const MANY = 20_000;
const LARGE = Buffer.concat([HEADER, ...manyRecords(MANY)]);

/** A backup as a stream, and what of it was read. */
const inputOf = async (bytes: Buffer) =>
  openInput({ input: Readable.from(inChunks(bytes, 65_536)) });

t.test('tells what is in a backup', async (t) => {
  const found = await inspect(await inputOf(TEXT));
  t.match(found, { records: 7, indexes: { length: 6 }, udfs: [{ name: 'my mod.lua' }] });
  t.same(
    found.profile.sets.map(({ name, records }) => [String(name), records]),
    [
      ['people', 5],
      ['a set\nof\\all', 1],
      ['', 1],
    ],
  );
});

t.test('of some records, at some time', async (t) => {
  const found = await inspect(await inputOf(TEXT), {
    select: { sets: ['people'], bins: ['int'] },
    now: new Date(8.64e15),
  });
  t.equal(found.records, 5);
  const [people] = found.profile.sets;
  t.same(people?.expiry.slice(0, 2), [5, 0]);
  t.same(
    people?.bins.map(({ name }) => String(name)),
    ['int'],
  );
});

t.test('what is wrong is told', async (t) => {
  await t.rejects(inspect(await inputOf(TEXT.subarray(0, -3))), { code: 'TRUNCATED' });
  const where = () => {
    throw new Error('words');
  };
  await t.rejects(inspect(await inputOf(TEXT), { select: { where } }), { message: 'words' });
});

t.test('records are found, and reading stops', async (t) => {
  const cases: readonly (readonly [number | undefined, number, boolean])[] = [
    [3, 3, false],
    [1, 1, false],
    [0, 0, false],
    [undefined, MANY, true],
    [MANY, MANY, true],
    [MANY + 1, MANY, true],
  ];
  for (const [most, expected, readsAll] of cases) {
    const input = await inputOf(LARGE);
    let records = 0;
    const options = { select: {}, ...(most === undefined ? {} : { most }) };
    for await (const batch of findRecords(input, options)) records += batch.length;
    t.equal(records, expected);
    t.equal(input.info.bytesRead === LARGE.length, readsAll, `${most}`);
  }
});

t.test('a few of those that are wanted, without globals', async (t) => {
  const keys: unknown[] = [];
  const select = { sets: ['people'], hasBins: ['int', 's'] };
  for await (const batch of findRecords(await inputOf(TEXT), { select, most: 2 })) {
    for (const { key } of batch) keys.push(key);
  }
  t.equal(keys.length, 2);
});

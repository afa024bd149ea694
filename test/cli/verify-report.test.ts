import { Readable } from 'node:stream';
import t from 'tap';
import { reportJson, tableLines } from '../../lib/cli/verify-report.ts';
import { type VerifyReport, verify } from '../../lib/jobs/verify.ts';
import { BatchBuilder } from '../../lib/record/builder.ts';
import { Census } from '../../lib/record/census.ts';
import { TypedBytes } from '../../lib/record/values.ts';
import { HEADER, TEXT } from '../helpers/asb-text.ts';

const reportOf = async (text: Buffer): Promise<VerifyReport> => ({
  ...(await verify({ input: Readable.from([text]) }).done),
  elapsed: 0,
});

/** A report of records that no file can hold. */
const oddReport = async (): Promise<VerifyReport> => {
  const census = new Census(0);
  const builder = new BatchBuilder('a\x1b[2J')
    .add({ key: 1, set: Buffer.of(0xff), bins: { odd: new TypedBytes(99, Buffer.of(1)) } })
    .add({ digest: Buffer.alloc(20), set: 'tab\t', bins: {} });
  census.add(builder.build());
  Object.defineProperty(census, 'inUncountedSets', { value: 5 });
  const report = await reportOf(HEADER);
  return { ...report, namespaces: [{ namespace: 'a\x1b[2J', census }] };
};

t.test('a table tells files, sets, bins and keys', async (t) => {
  t.equal(
    tableLines(await reportOf(TEXT)).join('\n'),
    `files                1  1.6 KiB as stored
damaged              0
versions           3.1  1.6 KiB of text
namespaces           1  test
records              7
  expired            0  a restore leaves them out
  never expire       0
secondary indexes    6
UDF modules          1

manifests
  -  none  a missing file, or one cut exactly between two records, is not noticed

records by set, namespace test
  (no set)      1
  a set of\\all  1
  people        5

bins by type
  null     1
  integer  2
  double   2
  string   4
  blob     2
  java     2
  csharp   2
  python   2
  ruby     2
  php      2
  erlang   2
  vector   2
  boolean  2
  hll      2
  map      2
  list     2
  geojson  1

user keys by type
  integer       1
  double        1
  string        2
  blob          2
  (not stored)  1`,
  );
});

t.test('without records there is no more than the sum', async (t) => {
  const lines = tableLines(await reportOf(HEADER));
  t.match(lines[3], /^namespaces +1 {2}test$/);
  t.equal(lines.length, 12);
  t.match(tableLines(await reportOf(Buffer.from('oops'))).join('\n'), /damaged +1\nversions +none/);
});

t.test('a backup made of one that does not say when it was begun', async (t) => {
  const ended = new Date('2026-11-23T07:01:02.003Z');
  const found = { tool: 'asb', namespace: 'test', begun: new Date(0), ended, complete: true };
  const manifests = [{ ...found, location: 'a.manifest.json' }];
  const report = { ...(await reportOf(HEADER)), places: [{ location: 'a', manifests }] };
  t.match(tableLines(report).join('\n'), / a begin nobody knows to 2026-/);
});

t.test('manifests, each with who wrote it, and when', async (t) => {
  const begun = new Date('2026-11-23T07:00:00.000Z');
  const ended = new Date('2026-11-23T07:01:02.003Z');
  const found = { tool: 'asb-streams 1.2.3', namespace: 'test', begun, ended, complete: true };
  const report: VerifyReport = {
    ...(await reportOf(HEADER)),
    places: [
      { location: 'bare', manifests: [] },
      {
        location: 'out',
        manifests: [
          { ...found, location: 'out/a.manifest.json' },
          { ...found, location: 'out/\x1b.manifest.json', tool: 'odd\x1b', complete: false },
        ],
      },
    ],
  };
  t.strictSame(tableLines(report).slice(-4), [
    'manifests',
    '  bare                          none  a missing file, or one cut exactly between two records, is not noticed',
    '  out/a.manifest.json       complete  asb-streams 1.2.3, 2026-11-23T07:00:00.000Z to 2026-11-23T07:01:02.003Z',
    '  out/\\x1b.manifest.json  incomplete  odd\\x1b, 2026-11-23T07:00:00.000Z to 2026-11-23T07:01:02.003Z',
  ]);
  t.match(JSON.parse(reportJson(report)).places, [
    { location: 'bare', manifests: [] },
    { manifests: [{ begun: begun.toISOString(), complete: true }, { complete: false }] },
  ]);
  t.notMatch(tableLines({ ...report, places: [] }).join('\n'), /manifests/, 'nothing was found');
});

t.test('what a terminal would obey is escaped, and odd things have a name', async (t) => {
  const table = tableLines(await oddReport()).join('\n');
  for (const byte of ['\x1b', '\t']) t.notOk(table.includes(byte));
  t.match(table, /namespace a\\x1b\[2J/);
  t.match(table, /particle type 99 +1\n/);
  t.match(table, /\(more sets\) +5\n/);
  const noBins = '+ n test\n+ d AAECAwQFBgcICQoLDA0ODxAREhM=\n+ g 1\n+ t 0\n+ b 0\n';
  const lines = tableLines(await reportOf(Buffer.concat([HEADER, Buffer.from(noBins)])));
  t.match(lines.join('\n'), /bins by type\n {2}\(none\) +0\n/);
});

t.test('as JSON', async (t) => {
  const { files, namespaces, failures, ...sums } = JSON.parse(reportJson(await reportOf(TEXT)));
  t.match(sums, { versions: ['3.1'], records: 7, indexes: 6, udfs: 1, expired: 0, elapsed: 0 });
  t.match(files, [{ file: '-', bytes: TEXT.length, version: '3.1', namespace: 'test' }]);
  t.strictSame(failures, []);
  t.match(namespaces, [
    {
      namespace: 'test',
      records: 7,
      expired: 0,
      neverExpire: 0,
      sets: [
        { set: '', records: 1 },
        { set: 'a set\nof\\all', records: 1 },
        { set: 'people', records: 5 },
      ],
      inUncountedSets: 0,
      bins: { null: 1, integer: 2, java: 2 },
      userKeys: { integer: 1, double: 1, string: 2, blob: 2 },
    },
  ]);
  const [odd] = JSON.parse(reportJson(await oddReport())).namespaces;
  t.strictSame(odd.sets, [
    { set: 'tab\t', records: 1 },
    { set: { $string: '/w==' }, records: 1 },
  ]);
});

t.test('failures as JSON have their code and facts, and no cause', async (t) => {
  const report = await reportOf(Buffer.concat([TEXT, Buffer.from('+ k Q 1\n')]));
  const { failures, files } = JSON.parse(reportJson(report));
  const place = { offset: TEXT.length + 4, column: 5, file: '-' };
  t.match(failures, [{ code: 'FORMAT', message: /column 5/, ...place }]);
  t.strictSame(files[0].failure, failures[0]);
  const plain = { ...report, failures: [new Error('odd', { cause: 1 })] };
  t.strictSame(JSON.parse(reportJson(plain)).failures, [{ message: 'odd' }]);
});

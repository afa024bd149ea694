import t from 'tap';
import { inspectJson, inspectLines } from '../../lib/cli/inspect-report.ts';
import type { Inspection } from '../../lib/jobs/inspect.ts';
import { BatchBuilder, type PlainRecord } from '../../lib/record/builder.ts';
import type { SecondaryIndex, UdfModule } from '../../lib/record/globals.ts';
import { MAX_PROFILED_BINS, MAX_PROFILED_SETS, Profile } from '../../lib/select/profile.ts';

const NOW = 500_000_000;
const BACKUP = { namespace: 'test', files: 2, bytes: 4096 };
const INDEX: SecondaryIndex = {
  kind: 'index',
  namespace: 'test',
  set: 'users',
  name: 'i',
  collection: 'default',
  type: 'numeric',
  bin: 'age',
};
const UDF: UdfModule = { kind: 'udf', name: 'a.lua', language: 'LUA', content: Buffer.from('--') };

const inspectionOf = (records: Iterable<PlainRecord>): Inspection => {
  const builder = new BatchBuilder('test');
  for (const record of records) builder.add(record);
  const batch = builder.build();
  const profile = new Profile(NOW);
  profile.add(batch);
  return { records: batch.length, profile, indexes: [INDEX], udfs: [UDF] };
};

const SOME = inspectionOf([
  { set: 'users', key: 1, voidTime: NOW + 10, bins: { name: 'ada', age: 36 } },
  { set: 'users', key: 'two', bins: { name: 'g'.repeat(100), age: 'old' } },
  { set: 'users', digest: Buffer.alloc(20, 9), bins: { name: 'x' } },
  { digest: Buffer.alloc(20), bins: {} },
]);

t.test('what takes the space', async (t) => {
  const lines = inspectLines(SOME, BACKUP, 80);
  const found = (pattern: RegExp): boolean => lines.some((line) => pattern.test(line));
  t.equal(
    lines[0],
    'namespace test: 4 records, 1 secondary index, 1 UDF module in 2 files of 4.0 KiB',
  );
  t.match(lines[2], /^set +records +bytes +mean +largest$/);
  t.match(lines[3], /^users +3 +[\d.]+ bytes +[\d.]+ bytes +[\d.]+ bytes +8\d% █+[▏▎▍▌▋▊▉]?$/);
  t.ok(found(/^user keys: integer 1, string 1, not stored 1$/));
  t.ok(found(/^largest record: \d+ bytes, digest [0-9a-f]{40}$/));
  t.ok(found(/^name +3 +104 bytes .* █+.* string$/));
  t.ok(found(/^age +2 +11 bytes .* integer 1, string 1$/));
  t.ok(found(/^\(beside the bins\) +3 .* names, keys, digests$/));
  t.ok(found(/^within a day +1 +33% █+/));
  t.ok(found(/^never +2 +67% █+/));
  t.notOk(found(/^expired/));
  t.match(lines.at(-1), /not compressed/);
});

t.test('bars fit the width as far as they can', async (t) => {
  const widest = (columns: number): number =>
    Math.max(
      ...inspectLines(SOME, BACKUP, columns)
        .slice(2, 5)
        .map((line) => line.length),
    );
  t.ok(widest(80) <= 80);
  t.ok(widest(200) > widest(80));
  t.equal(widest(1), widest(40), 'as narrow as it gets');
});

t.test('nothing is little to show', async (t) => {
  const lines = inspectLines(inspectionOf([]), { ...BACKUP, namespace: undefined }, 80);
  t.match(lines, [/^namespace unknown: 0 records/, '', /^Bytes/]);
  t.equal(lines.length, 3);
});

t.test('what is not shown is told', async (t) => {
  const sets = Array.from({ length: MAX_PROFILED_SETS + 1 }, (_, index) => ({
    set: `a set with a name that is long, ${index}`,
    digest: Buffer.alloc(20),
    bins: {},
  }));
  const many = inspectLines(inspectionOf(sets), BACKUP, 80);
  const text = many.join('\n');
  t.match(text, /^a set with a name that is long,…/m);
  t.match(text, /^\(and 16,334 more sets: --json has all\)$/m);
  t.match(text, /^\(and 1 record of more sets than are told apart\)$/m);
  t.match(text, /^\(the bins of the 10 largest sets/m);

  const records = [0, 1].map((key) => ({
    key,
    bins: Object.fromEntries(
      Array.from({ length: MAX_PROFILED_BINS / 2 + 1 }, (_, bin) => [`${key}-${bin}`, 1]),
    ),
  }));
  const wide = inspectLines(inspectionOf(records), BACKUP, 80).join('\n');
  t.match(wide, /^\(and 65,486 more bins: --json has all\)$/m);
  t.match(wide, /^\(2 bins of more names than are told apart\)$/m);
});

t.test('the same as JSON', async (t) => {
  t.match(JSON.parse(inspectJson(SOME, BACKUP)), {
    namespace: 'test',
    files: 2,
    bytes: 4096,
    records: 4,
    indexes: [{ name: 'i' }],
    udfs: [{ name: 'a.lua', bytes: 2 }],
    sets: [
      {
        set: 'users',
        records: 3,
        userKeys: { integer: 1, string: 1 },
        expiry: { 'within a day': 1, never: 2, expired: 0 },
        bins: [
          { bin: 'name', records: 3, bytes: 104, largest: 100, types: { string: 3 } },
          { bin: 'age', types: { integer: 1, string: 1 } },
        ],
      },
      { set: '', records: 1, largestDigest: Buffer.alloc(20).toString('base64') },
    ],
    uncountedRecords: 0,
    uncountedBins: 0,
  });
});

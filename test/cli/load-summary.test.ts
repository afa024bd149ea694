import t from 'tap';
import { type Loaded, loadedLines, tellLoaded, uncheckedLine } from '../../lib/cli/load-summary.ts';
import { NOTHING_LOADED } from '../../lib/wire/loader.ts';

const loaded = (changes: Partial<Loaded>): Loaded => ({
  ...NOTHING_LOADED,
  namespace: 'copy',
  elapsed: 2000,
  ...changes,
});

t.test('every number, in lines of their own', (t) => {
  const cases: [Partial<Loaded>, string[]][] = [
    [
      { total: 1_000_000, inserted: 999_000, fresher: 1000, files: 4, bytesRead: 3 * 1024 * 1024 },
      [
        'restored 999,000 records from 4 files, 3.0 MiB, to namespace copy in 2.0 s (500,000 records/s)',
        'records: 1,000,000 read, 999,000 inserted, 0 existed, 1,000 fresher, 0 expired, 0 skipped, ' +
          '0 ignored, 0 in doubt, 0 retried',
        'secondary indexes: 0 created, 0 replaced, 0 there already, 0 skipped',
        'UDF modules: 0 created, 0 replaced, 0 there already',
      ],
    ],
    [
      {
        total: 8,
        inserted: 1,
        existed: 2,
        expired: 5,
        retried: 7,
        elapsed: 0,
        indexes: { created: 1, replaced: 2, same: 3, skipped: 4 },
        udfs: { created: 5, replaced: 6, same: 7 },
        files: 1,
      },
      [
        'restored 1 record from 1 file, 0 bytes, to namespace copy in 0.0 s (0 records/s)',
        'records: 8 read, 1 inserted, 2 existed, 0 fresher, 5 expired, 0 skipped, 0 ignored, ' +
          '0 in doubt, 7 retried',
        'secondary indexes: 1 created, 2 replaced, 3 there already, 4 skipped',
        'UDF modules: 5 created, 6 replaced, 7 there already',
      ],
    ],
  ];
  for (const [changes, lines] of cases) t.same(loadedLines('restored', loaded(changes)), lines);
  t.match(loadedLines('loaded', loaded({}))[0], /^loaded 0 records to namespace copy in/);
  t.end();
});

t.test('what is to be known of it', (t) => {
  t.match(loadedLines('x', loaded({ ignored: 1 })).slice(4), [/^warning: 1 record /]);
  t.match(loadedLines('x', loaded({ inDoubt: 2 })).slice(4), [/^warning: .*2 records/]);
  t.equal(loadedLines('x', loaded({ ignored: 1, inDoubt: 2 })).length, 6);
  t.strictSame(loadedLines('x', loaded({ filesBefore: 1, recordsBefore: 2000 })).slice(4), [
    'note: went on behind 1 file with 2,000 records that were done already',
  ]);
  t.end();
});

t.test('what nobody could know', (t) => {
  t.equal(uncheckedLine([]), undefined);
  t.match(uncheckedLine(['out']), /manifest: out; /);
  t.match(uncheckedLine(['a', 'b', 'c']), /manifest: a and 2 more; /);
  t.end();
});

t.test('programs get the numbers beside the first line', (t) => {
  const said: [string, object | undefined][] = [];
  const all = loaded({ total: 8 });
  tellLoaded({ say: (line, facts) => void said.push([line, facts]) }, 'loaded', all);
  t.same(
    said.map(([line]) => line),
    loadedLines('loaded', all),
  );
  t.strictSame(said[0]?.[1], { event: 'summary', ...all });
  t.strictSame(said[1]?.[1], {});
  t.end();
});

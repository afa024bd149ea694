import t from 'tap';
import { Given } from '../../../lib/cli/given.ts';
import { loadingOf } from '../../../lib/cli/options/loading.ts';

const read = (values: Readonly<Record<string, string>>, said: string[] = []) =>
  loadingOf(new Given(new Map(Object.entries(values))), {
    say: (line) => void said.push(line),
    signal: new AbortController().signal,
  });

t.test('what is written, and how', async (t) => {
  const rows: readonly [Readonly<Record<string, string>>, object][] = [
    [
      {},
      {
        exists: 'update',
        checkGeneration: true,
        batchWrites: true,
        timeout: 10_000,
        infoTimeout: 10_000,
        maxRetries: 10,
        retryScale: 150,
        sets: [],
        bins: [],
        extraTtl: 0,
        ignoreRecordErrors: false,
        wait: false,
        indexesLast: false,
      },
    ],
    [{ unique: '' }, { exists: 'create', checkGeneration: true }],
    [{ replace: '' }, { exists: 'replace', checkGeneration: true }],
    [
      { replace: '', 'no-generation': '' },
      { exists: 'replace', checkGeneration: false },
    ],
    [{ 'disable-batch-writes': '' }, { batchWrites: false }],
    [{ 'retry-scale-factor': '2500' }, { retryScale: 2.5 }],
    [
      { 'set-list': 'a,b', 'bin-list': 'c' },
      { sets: ['a', 'b'], bins: ['c'] },
    ],
    [{ nice: '2,700' }, { recordsPerSecond: 700, bytesPerSecond: 2_097_152 }],
    [{ timeout: '7' }, { infoTimeout: 7, timeout: 10_000 }],
    [{ 'socket-timeout': '50' }, { timeout: 50 }],
    [{ 'total-timeout': '40' }, { timeout: 40 }],
    [{ 'total-timeout': '40', 'socket-timeout': '30' }, { timeout: 30 }],
    [{ 'total-timeout': '40', 'socket-timeout': '0' }, { timeout: 40 }],
    [{ 'socket-timeout': '0' }, { timeout: 0 }],
    [
      { 'no-records': '', 'no-udfs': '' },
      { noRecords: true, noUdfs: true, noIndexes: false },
    ],
  ];
  for (const [values, expected] of rows) {
    t.match(await read(values), expected, JSON.stringify(values));
  }
});

t.test('what excludes each other', async (t) => {
  const rows: readonly Readonly<Record<string, string>>[] = [
    { unique: '', replace: '' },
    { unique: '', 'no-generation': '' },
    { 'no-records': '', 'no-indexes': '', 'no-udfs': '' },
    { 'batch-size': '0' },
    { host: 'a:tls:x' },
  ];
  for (const values of rows) {
    await t.rejects(read(values), { code: 'USAGE' }, JSON.stringify(values));
  }
});

t.test('notices are told', async (t) => {
  const said: string[] = [];
  (await read({}, said)).onNotice('a node is lost');
  t.strictSame(said, ['note: a node is lost']);
});

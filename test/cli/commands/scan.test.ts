import t from 'tap';
import { partitionOf } from '../../../lib/record/layout.ts';
import { startSandbox } from '../../../lib/sandbox/index.ts';
import { setIs } from '../../../lib/wire/scan/filter-expression.ts';
import { run, shell } from '../../helpers/asb.ts';

const RECORDS = 500;
const sandbox = await startSandbox({ nodes: 2, records: RECORDS });
const hosts = sandbox.seeds.join(',');
t.teardown(() => sandbox.close());

/** The lines of an output, parsed. */
const linesOf = (output: Buffer): Record<string, unknown>[] =>
  output
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

const partitionIn = ({ digest }: Record<string, unknown>): number =>
  partitionOf(Buffer.from(String(digest), 'base64'), 0);

t.test('a namespace as NDJSON, as much of it as was asked for', async (t) => {
  const all = await run(['scan', '-h', hosts, '-n', 'test', '-w', '2']);
  t.match(all, { code: 0, stderr: '' });
  const lines = linesOf(all.stdout);
  const isRecord = (line: Record<string, unknown>) => 'digest' in line;
  t.equal(lines.filter(isRecord).length, RECORDS);
  const sets = (name: string) => lines.filter(({ set }) => set === name).length;

  const forever = lines.filter((line) => isRecord(line) && line.voidTime === 0).length;
  t.ok(forever > 0 && forever < RECORDS);
  const isOfA1 = (id: number) => sandbox.cluster.partitions.owners(id)[0] === 'A1';
  const inPartitions = (keep: (partition: number) => boolean) =>
    lines.filter((line) => isRecord(line) && keep(partitionIn(line))).length;
  const onlyS1 = Buffer.from(setIs('s1')).toString('base64');
  const cases: [string[], { records: number; globals: boolean }][] = [
    [['-R'], { records: 0, globals: true }],
    [['-R', '-I', '-u'], { records: 0, globals: false }],
    [['-Iu', '-s', 's1'], { records: sets('s1'), globals: false }],
    [['-Iu', '--set=s1,s2'], { records: sets('s1') + sets('s2'), globals: false }],
    [['-Iu', '-M20'], { records: 20, globals: false }],
    [['-Iu', '-f', onlyS1], { records: sets('s1'), globals: false }],
    [['-Iu', '-X', '0-2048'], { records: inPartitions((id) => id < 2048), globals: false }],
    [['-Iu', '--no-ttl-only', '-a', '2020-01-01'], { records: forever, globals: false }],
    [['-Iu', '-l', 'A1'], { records: inPartitions(isOfA1), globals: false }],
  ];
  for (const [args, expected] of cases) {
    const { code, stdout } = await run(['scan', '-h', hosts, '-n', 'test', ...args]);
    const found = linesOf(stdout);
    const records = found.filter(isRecord).length;
    t.same({ code, records, globals: found.length > records }, { code: 0, ...expected }, `${args}`);
  }
});

t.test('bins', async (t) => {
  const base = ['scan', '-h', hosts, '-n', 'test', '-Iu', '-s', 's1'];
  const bare = await run([...base, '-x']);
  t.ok(
    linesOf(bare.stdout).every(
      (line) => !('bins' in line) || `${Object.keys(Object(line.bins))}` === '',
    ),
  );
  const one = await run([...base, '-B', 'int']);
  t.ok(linesOf(one.stdout).some(({ bins }) => `${Object.keys(Object(bins))}` === 'int'));
  t.match(await run([...base, '-x', '-B', 'int']), { code: 2 });
});

t.test('what is wrong is said', async (t) => {
  const cases: [string[], number, RegExp][] = [
    [['-h', hosts, '-n', 'nope'], 1, /copy, test/],
    [['-h', 'a:b:c:d', '-n', 'test'], 2, /a:b:c:d/],
    [['-h', 'somewhere:tlsname:3000', '-n', 'test'], 2, /TLS/],
    [['-h', hosts], 2, /--namespace/],
    [['-h', hosts, '-n', 'test', '-l', 'A9'], 2, /A9.*A1/],
    [['-h', hosts, '-n', 'test', '--rack-list', '7'], 1, /rack 7.*--rack-list/],
  ];
  for (const [args, code, words] of cases) {
    t.match(await run(['scan', ...args]), { code, stderr: words }, args.join(' '));
  }
});

t.test('what is lived with is noted', async (t) => {
  sandbox.nodes[0]?.faults.cutScan({ afterRecords: 1, how: 'close' });
  const outcome = await run(['scan', '-h', hosts, '-n', 'test']);
  t.match(outcome, { code: 0, stderr: /^note: / });
  t.equal(linesOf(outcome.stdout).filter((line) => 'digest' in line).length, RECORDS);
});

t.test('a reader that has enough', async (t) => {
  const outcome = await shell(`(asb scan -h ${hosts} -n test; echo $? >&2) | head -n 2`);
  t.equal(linesOf(outcome.stdout).length, 2);
  t.equal(outcome.stderr, '0\n');
});

import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import t from 'tap';
import { backup } from '../../../lib/jobs/backup.ts';
import { startSandbox } from '../../../lib/sandbox/index.ts';
import { outcomeOf, shell, start } from '../../helpers/asb.ts';
import { HEADER, manyRecords } from '../../helpers/asb-text.ts';
import { differences, scanFacts } from '../../helpers/facts.ts';
import { startFakeNode, until } from '../../helpers/fake-node.ts';
import { runHere } from '../../helpers/in-process.ts';

const RECORDS = 1000;
const sandbox = await startSandbox({ records: RECORDS });
const seeds = sandbox.seeds.join();
const before = await scanFacts(seeds, 'test');
t.teardown(() => sandbox.close());

/** An empty cluster to load to. */
const withEmpty = async (act: (seeds: string) => Promise<void>): Promise<void> => {
  const empty = await startSandbox();
  await act(empty.seeds.join()).finally(() => empty.close());
};

t.test('pipes, as people join them', async (t) => {
  const out = join(t.testdir(), 'out');
  await backup({ seeds, namespace: 'test', directory: out, fileLimit: 50_000 }).done;
  for (const [line, namespace] of [
    [`asb scan -h ${seeds} -n test | asb load -n copy`, 'copy'],
    [`asb cat ${out} | asb parse | asb load -n test`, 'test'],
    [`asb cat ${out} | asb load`, 'test'],
    [`asb cat ${out} | asb compress | asb load -n copy`, 'copy'],
  ] as const) {
    await withEmpty(async (to) => {
      const outcome = await shell(`set -e; ${line} -h ${to}`);
      t.match(outcome, { code: 0, stdout: Buffer.alloc(0) }, line);
      t.match(outcome.stderr.split('\n').slice(-5), [
        new RegExp(`^loaded 1,000 records to namespace ${namespace} in`),
        /^records: 1,000 read, 1,000 inserted, /,
        /^secondary indexes: 9 created, /,
        /^UDF modules: 2 created, /,
        '',
      ]);
      t.strictSame(differences(before, await scanFacts(to, namespace)), []);
    });
  }
});

t.test('what is wrong is told', async (t) => {
  const record = '{"key":1,"bins":{"a":1}}';
  const rows: readonly [readonly string[], string, string, RegExp][] = [
    [[], record, 'USAGE', /--namespace/],
    [['-n', 'copy'], record.slice(0, -1), 'TRUNCATED', /line 1/],
    [['-n', 'copy'], '{"oops":1}\n', 'FORMAT', /oops/],
    [['-n', 'nope'], `${record}\n`, 'NO_NAMESPACE', /"nope"/],
    [['-n', 'copy'], '', 'TRUNCATED', /no input/],
    [['-n', 'copy'], 'oops', 'FORMAT', /no backup/],
    [['-n', 'copy'], HEADER.toString().slice(0, -1), 'TRUNCATED', /line/],
    [['-n', 'copy', '-u', '-g'], '', 'USAGE', /--unique/],
  ];
  for (const [args, input, code, message] of rows) {
    const { error, said } = await runHere(['load', '-h', seeds, ...args], input);
    t.match(error, { code, message }, `${args.join(' ')} ${input}`);
    t.strictSame(said, []);
  }
  const failed = await shell(`asb scan -h ${seeds} -n nope | asb load -h ${seeds} -n copy`);
  t.match(failed, { code: 1, stderr: /^asb load: .*nope/m }, 'the stage before has failed');
});

t.test('a signal ends it, whatever comes in', async (t) => {
  const text = Buffer.concat([HEADER, ...manyRecords(3)]).toString('latin1');
  const records = text.replaceAll('+ t 4294967295', '+ t 0');
  for (const input of ['{"key":1,"bins":{"a":1}}\n', records, zstdCompressSync(records)]) {
    const silent = await startFakeNode({
      info: (one) => (one === 'features' ? 'batch-any' : undefined),
    });
    const child = start(['load', '-h', `127.0.0.1:${silent.port}`, '-n', 'test']);
    const outcome = outcomeOf(child);
    child.stdin.end(input);
    await until(() => silent.sockets.size > 1);
    child.kill('SIGINT');
    t.match(await outcome, { code: 130, stderr: /stopped by SIGINT/ });
    await silent.close();
  }
});

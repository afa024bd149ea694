import { join } from 'node:path';
import t from 'tap';
import { startSandbox } from '../../lib/sandbox/index.ts';
import { run } from '../helpers/asb.ts';
import {
  give,
  hasJq,
  type Line,
  linesOf,
  look,
  runProgram,
  runScript,
} from '../helpers/examples.ts';

const sandbox = await startSandbox({ records: 200 });
t.teardown(() => sandbox.close());
const seeds = sandbox.seeds.join();
await give(seeds, 'test', [
  { set: 'people', key: 'ada', bins: { email: 'ada@example.org', n: { $double: '5' } } },
  { set: 'people', key: 'her', bins: { email: 'ada@example.org' } },
  { set: 'people', key: { $double: '7' }, bins: { email: 'bob@example.org' } },
]);

/** A backup's records, and those of which all but the e-mail is the same. */
const kept = async (directory: string): Promise<Line[]> => {
  const cat = await run(['cat', directory]);
  const parsed = await run(['parse'], { input: cat.stdout });
  return linesOf(parsed.stdout.toString()).filter(({ bins }) => bins !== undefined);
};
const withoutEmail = (lines: readonly Line[]): Line[] =>
  lines.map((line) => {
    const { email, ...bins } = line.bins;
    return { ...line, bins };
  });
const emails = (lines: readonly Line[]): unknown[] =>
  lines.flatMap(({ bins: { email } }) => email ?? []).sort();

t.test('by jq', async (t) => {
  const directory = join(t.testdir({}), 'out');
  const outcome = await runScript(['mask.sh', seeds, 'test', directory]);
  if (!hasJq) {
    t.notOk(outcome.code === 0, 'without jq, no success');
    return;
  }
  t.equal(outcome.code, 0, outcome.stderr);
  const lines = await kept(directory);
  t.strictSame(emails(lines), ['***@example.org', '***@example.org', '***@example.org']);
  t.strictSame(withoutEmail(lines), withoutEmail(await look(seeds, 'test')));
});

t.test('in code', async (t) => {
  const directory = join(t.testdir({}), 'out');
  const env = { SECRET: 'for tests' };
  const outcome = await runProgram(['mask.js', seeds, 'test', directory], { env });
  t.equal(outcome.code, 0, outcome.stderr);
  const lines = await kept(directory);
  const [a, b, c] = emails(lines);
  t.equal(new Set([a, b, c]).size, 2, 'the same address has the same pseudonym');
  t.notMatch(`${a}${b}${c}`, '@');
  t.strictSame(withoutEmail(lines), withoutEmail(await look(seeds, 'test')));
});

t.test('in code, without a secret', async (t) => {
  const outcome = await runProgram(['mask.js', seeds, 'test', t.testdir({})]);
  t.equal(outcome.code, 1);
  t.match(outcome.stderr, 'usage:');
});

t.test('what is no e-mail ends it, by jq', async (t) => {
  await give(seeds, 'test', [{ set: 'people', key: 'odd', bins: { email: 5 } }]);
  const outcome = await runScript(['mask.sh', seeds, 'test', join(t.testdir({}), 'out')]);
  t.equal(outcome.code, 1);
  if (hasJq) t.match(outcome.stderr, 'the bin email of the record');
});

import t from 'tap';
import { startSandbox } from '../../lib/sandbox/index.ts';
import { give, linesOf, look, runProgram } from '../helpers/examples.ts';

t.test('from a query to a file, and from the file back', async (t) => {
  const [from, to] = [await startSandbox({ nodes: 2 }), await startSandbox()];
  t.teardown(() => Promise.all([from.close(), to.close()]));
  await give(from.seeds.join(), 'test', [
    { set: 'people', key: 'ada', bins: { name: 'Ada', born: 1815, score: { $double: '5' } } },
    { set: 'people', key: 7, bins: { name: 'Bob', born: 1950, score: 0.5, more: 1 } },
    { set: 'others', key: 'x', bins: { name: 'nobody' } },
  ]);
  const read = await runProgram(['around-a-client.js', from.seeds.join(), 'test', 'people']);
  t.equal(read.code, 0, read.stderr);
  const lines = linesOf(read.stdout.toString());
  t.strictSame(
    lines.map(({ key, bins }) => ({ key, ...bins })).sort((a) => (a.key === 7 ? 1 : -1)),
    [
      { key: 'ada', born: 1815, name: 'Ada', score: { $double: '5' } },
      { key: 7, born: 1950, name: 'Bob', score: 0.5 },
    ],
  );

  const written = await runProgram(['around-a-client.js', to.seeds.join(), 'test'], {
    input: read.stdout,
  });
  t.equal(written.code, 0, written.stderr);
  t.strictSame(await look(to.seeds.join(), 'test'), lines);
});

t.test('too few words', async (t) => {
  const outcome = await runProgram(['around-a-client.js']);
  t.equal(outcome.code, 1);
  t.match(outcome.stderr, 'usage:');
});

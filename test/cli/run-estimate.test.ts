import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Machine } from '../../lib/cli/machine.ts';
import { runEstimate } from '../../lib/cli/run-estimate.ts';
import { AsbError } from '../../lib/errors.ts';
import { startSandbox } from '../../lib/sandbox/index.ts';

t.test('a bar while it runs, words, lines for programs, and a signal', async (t) => {
  const sandbox = await startSandbox({ records: 300 });
  t.teardown(() => sandbox.close());
  const signals = new AbortController();
  const drawn: string[] = [];
  const said: string[] = [];
  const shell = {
    signal: signals.signal,
    verbose: false,
    columns: 80,
    input: () => process.stdin,
    output: () => {
      throw new Error('nothing is written');
    },
    say: (line: string) => void said.push(line),
    draw: (bytes: string) => void drawn.push(bytes),
    answer: () => {},
  };
  const options = { seeds: sandbox.seeds.join(), namespace: 'test' };
  const path = join(t.testdir(), 'machine');
  let gates: (() => void)[] = [];
  sandbox.nodes[0]!.faults.slow(() => new Promise((resolve) => gates.push(resolve)));
  const first = runEstimate(shell, options, await Machine.open(path, shell));
  // The scan waits until there is a drawing.
  let over = false;
  void first.finally(() => {
    over = true;
  });
  while (!over) {
    await new Promise((resolve) => setImmediate(resolve));
    if (drawn.length === 0) continue;
    for (const go of gates) go();
    gates = [];
  }
  await first;
  t.match(drawn[0], /0 records · .* of the sample/);
  t.equal(drawn.at(-1), '\r\x1b[K');
  t.match(said, [/^estimated 300 records, \d.* KiB; from 300 samples$/]);
  t.match(readFileSync(path, 'utf8'), /^ESTIMATE:300:\d{3,4}\n$/);

  const second = runEstimate(shell, options, undefined);
  while (gates.length === 0) await new Promise((resolve) => setImmediate(resolve));
  signals.abort(new AsbError('ABORTED', 'stopped by SIGINT'));
  await t.rejects(second, { code: 'ABORTED', message: /stopped by SIGINT/ });
  for (const go of gates) go();
});

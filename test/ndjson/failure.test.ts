import t from 'tap';
import { failureIn, failureLine } from '../../lib/ndjson/failure.ts';

t.test('a failure line is no JSON and gives its message back', async (t) => {
  for (const message of ['', 'no node answered', 'a "quoted" \\ word\nand a line', 'é😀']) {
    const line = failureLine(message);
    t.throws(() => JSON.parse(line));
    t.notOk(line.includes('\n'));
    t.equal(failureIn(line), message);
  }
});

t.test('what is left of a failure line that was cut is given too', async (t) => {
  t.equal(failureIn('{"failed":"no no'), '"no no');
  t.equal(failureIn('{"failed":'), '');
});

t.test('other lines are no failures', async (t) => {
  for (const line of ['', '{}', '{"key":1', '{"failed":"x"}', ' {"failed":"x"']) {
    t.equal(failureIn(line), undefined);
  }
});

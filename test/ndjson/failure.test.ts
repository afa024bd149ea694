import t from 'tap';
import {
  failureAtEnd,
  failureIn,
  failureLine,
  MAX_FAILURE_LINE,
} from '../../lib/ndjson/failure.ts';

t.test('a failure line is no JSON and gives its message back', async (t) => {
  for (const message of ['', 'no node answered', 'a "quoted" \\ word\nand a line', 'é😀']) {
    const line = failureLine(message);
    t.throws(() => JSON.parse(line));
    t.notOk(line.includes('\n'));
    t.equal(failureIn(line), message);
    t.equal(failureAtEnd(line), message);
    t.equal(failureAtEnd(`{"key":"a b${line}`), message, 'behind a line that is cut off');
  }
});

t.test('a message that is too long loses its end', async (t) => {
  for (const message of ['x', 'é', '\u0001', '😀', '"\ud800'].map((unit) => unit.repeat(3000))) {
    const line = failureLine(message);
    t.ok(Buffer.byteLength(line) <= MAX_FAILURE_LINE);
    const left = failureIn(line) ?? '';
    t.equal(left.length, 1000);
    t.ok(message.startsWith(left));
  }
});

t.test('what is left of a failure line that was cut is given too', async (t) => {
  t.equal(failureIn('{"failed":"no no'), '"no no');
  t.equal(failureIn('{"failed":'), '');
  t.equal(failureIn('{"failed":"\\x"'), '"\\x"', 'also if it is no JSON');
});

t.test('other lines are no failures', async (t) => {
  for (const line of ['', '{}', '{"key":1', '{"failed":"x"}', ' {"failed":"x"']) {
    t.equal(failureIn(line), undefined);
  }
  for (const line of ['', '{"key":1', '{"failed":"x"}', '{"failed":"x', '{"failed":"\\x"', '"x"']) {
    t.equal(failureAtEnd(line), undefined);
  }
});

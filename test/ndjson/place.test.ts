import t from 'tap';
import { Place } from '../../lib/ndjson/place.ts';

t.test('an error has the line, what was expected, and the path in its message', async (t) => {
  const place = new Place('in.ndjson');
  place.line = 7;
  place.path.push('bins', 'odd name', 3, 'x');
  const error = place.wrong('abc', 'an integer', 'RANGE');
  t.match(error, {
    code: 'RANGE',
    facts: { file: 'in.ndjson', line: 7, expected: 'an integer' },
  });
  t.ok(error.message.includes('.bins["odd name"][3].x: "abc"'));
});

t.test('without a file, without a path', async (t) => {
  const place = new Place(undefined);
  const cause = new Error('below');
  t.strictSame(place.wrong(undefined, 'a record').facts, { line: 0, expected: 'a record' });
  t.equal(place.wrong(undefined, 'a record').code, 'FORMAT');
  t.equal(place.error('LIMIT', 'long', 'short', cause).cause, cause);
});

t.test('a long value is not shown whole', async (t) => {
  const { message } = new Place(undefined).wrong('x'.repeat(10_000), 'a short one');
  t.ok(message.length < 200);
});

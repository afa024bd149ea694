import { join } from 'node:path';
import t from 'tap';
import { AsbError } from '../../lib/errors.ts';
import {
  keptError,
  requireSameShape,
  shapeOfGiven,
  sortedNames,
  stateLocation,
} from '../../lib/jobs/state.ts';

t.test('a shape has what was given', async (t) => {
  t.strictSame(shapeOfGiven({ a: 1, b: undefined, c: false }), { a: 1, c: false });
  t.strictSame(sortedNames(['b', 'a']), ['a', 'b']);
  t.equal(sortedNames([]), undefined);
  t.equal(sortedNames(undefined), undefined);
});

t.test('another shape is refused, with what differs', async (t) => {
  const rows: readonly [object, object, RegExp | undefined][] = [
    [{}, {}, undefined],
    [{ sets: ['a'], b: 1 }, { b: 1, sets: ['a'] }, undefined],
    [{ sets: ['a'] }, { sets: ['a', 'b'] }, /other options: sets \["a","b"\], and now \["a"\]$/],
    [{}, { exists: 'create' }, /exists "create", and now not given$/],
    [{ exists: 'create' }, {}, /exists not given, and now "create"$/],
  ];
  for (const [now, then, message] of rows) {
    const check = () => requireSameShape({ ...now }, { ...then }, 'x.state', 'a restore');
    if (message === undefined) check();
    else t.throws(check, { code: 'USAGE', message, facts: { file: 'x.state' } });
  }
});

t.test('where a state is', async (t) => {
  const place = t.testdir({ there: {} });
  const rows: readonly [string, string][] = [
    ['there', 'there/test.state'],
    ['nope', 'nope'],
    ['nope.state', 'nope.state'],
  ];
  for (const [asked, expected] of rows) {
    t.equal(await stateLocation(join(place, asked), 'test.state'), join(place, expected));
  }
  t.equal(await stateLocation('s3://b/x', 'test.state'), 's3://b/x');
  t.equal(await stateLocation('s3://b/x/', 'test.state'), 's3://b/x/test.state');
  for (const name of ['../x.state', '/x.state', 'x\0.state']) {
    await t.rejects(stateLocation(place, name), { code: 'USAGE', facts: { file: place } });
  }
});

t.test('a failure that tells how to go on', async (t) => {
  const failure = new AsbError('NETWORK', 'lost', { node: 'a:1' });
  t.match(keptError(failure, 'x.state'), {
    code: 'NETWORK',
    message: /^lost; .*--continue x\.state$/,
    facts: { node: 'a:1', state: 'x.state', cause: failure },
  });
  t.equal(keptError(failure, undefined), failure);
  const foreign = new Error('odd');
  t.equal(keptError(foreign, 'x.state'), foreign);
});

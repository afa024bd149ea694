import t from 'tap';
import { Given } from '../../lib/cli/given.ts';
import { flag, integer, text } from '../../lib/cli/option.ts';

const name = text({ name: 'name', describe: 'Name', expected: 'a name' });
const count = integer({ name: 'count', describe: 'Count', min: 1, max: 9, default: 2 });
const quiet = flag({ name: 'quiet', describe: 'Quiet' });
const given = new Given(
  new Map([
    ['name', 'ada'],
    ['quiet', ''],
  ]),
);

t.test('values', (t) => {
  t.equal(given.value(name), 'ada');
  t.equal(given.required(name), 'ada');
  t.equal(given.value(count), 2);
  t.equal(given.has(count), false);
  t.equal(given.value(quiet), true);
  t.same(given.operands, []);
  t.same(new Given(new Map(), ['-', 'a b']).operands, ['-', 'a b']);
  t.throws(() => new Given(new Map()).required(name), { code: 'USAGE' });
  t.end();
});

t.test('options that do not go together', (t) => {
  t.throws(() => given.exclusive(name, quiet), { code: 'USAGE' });
  t.doesNotThrow(() => given.exclusive(name, count));
  t.doesNotThrow(() => given.exclusive(count, name));
  t.throws(() => given.needs(name, count), { code: 'USAGE' });
  t.doesNotThrow(() => given.needs(name, quiet));
  t.doesNotThrow(() => given.needs(count, name));
  t.end();
});

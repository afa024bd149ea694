import t from 'tap';
import { Given, type Origin } from '../../lib/cli/given.ts';
import { flag, integer, type Option, text } from '../../lib/cli/option.ts';
import { AsbError } from '../../lib/errors.ts';

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

t.test('where a value came from is told, and a secret is not', (t) => {
  const odd: Option<never> = {
    ...name,
    name: 'odd',
    read: () => {
      throw new AsbError('USAGE', 'odd hunter2');
    },
  };
  const broken: Option<never> = {
    ...odd,
    name: 'broken',
    read: () => {
      throw new TypeError('a fault of ours');
    },
  };
  const values = new Map([
    ['name', 'hunter2'],
    ['count', 'hunter2'],
    ['quiet', ''],
  ]);
  const origins = (origin: Origin) =>
    new Map(['name', 'count', 'odd', 'broken'].map((each) => [each, origin] as const));
  const from = (origin: Origin) => new Given(values, [], origins(origin));

  const typed = new Given(values);
  t.throws(() => typed.value(count), { code: 'USAGE', message: /^--count .*hunter2/ });
  t.throws(() => typed.check([name, count]), { code: 'USAGE' });
  t.doesNotThrow(() => typed.check([name, quiet]));
  t.equal(typed.isSecret(count), false);
  t.strictSame([typed.isTyped(count), typed.isTyped(odd)], [true, false]);

  const inFile = from({ file: 'a.conf', line: 3 });
  t.equal(inFile.isTyped(count), false);
  const place = { code: 'USAGE', facts: { file: 'a.conf', line: 3 } };
  t.throws(() => inFile.value(count), { ...place, message: /^a\.conf, line 3: --count .*hunter2/ });
  t.throws(() => inFile.exclusive(name, quiet), {
    message: /^--name \(a\.conf, line 3\) and --quiet/,
  });
  t.throws(() => inFile.needs(name, odd), { message: /^--name \(a\.conf, line 3\) has .* --odd$/ });
  t.throws(() => inFile.value(broken), { name: 'TypeError' });
  t.throws(() => from({ file: 'a.conf' }).value(count), { message: /^a\.conf: --count/ });

  const secret = from({ secret: 'secrets:x' });
  t.strictSame([secret.isSecret(count), secret.isTyped(count)], [true, true]);
  t.equal(secret.value(name), 'hunter2');
  const message = /^--\w+ takes (?!.*hunter2).*, which secrets:x is not$/;
  for (const option of [count, odd]) {
    t.throws(() => secret.value(option), { code: 'USAGE', message });
  }
  const both = from({ secret: 'secrets:x', file: 'a.conf', line: 3 });
  t.throws(() => both.value(count), { ...place, message: /^a\.conf, line 3: (?!.*hunter2)/ });
  t.end();
});

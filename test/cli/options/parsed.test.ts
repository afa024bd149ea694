import t from 'tap';
import { parsed } from '../../../lib/cli/options/parsed.ts';
import { AsbError } from '../../../lib/errors.ts';

const facts = { name: 'list', alias: ['l'], describe: 'A list', expected: 'a list' };

t.test('what a function makes of a text', async (t) => {
  const option = parsed({ ...facts, shown: 'LIST' }, (text) => text.length);
  t.match(option, { name: 'list', alias: ['l'], takesValue: true, shown: 'LIST' });
  t.equal(option.read('four'), 4);
  t.equal(option.read(undefined), undefined);
  t.throws(() => option.read(''), { code: 'USAGE', facts: { expected: 'a list' } });
});

t.test('its failures name the option', async (t) => {
  const option = parsed(facts, (text) => {
    if (text === 'fault') throw new TypeError('a fault');
    throw new AsbError('USAGE', 'no', { expected: 'yes' });
  });
  t.throws(() => option.read('x'), {
    code: 'USAGE',
    message: '-l, --list: no',
    facts: { expected: 'yes' },
  });
  t.throws(() => option.read('fault'), new TypeError('a fault'), 'a fault is not disguised');
});

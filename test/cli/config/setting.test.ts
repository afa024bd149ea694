import t from 'tap';
import { wordOf } from '../../../lib/cli/config/setting.ts';
import { flag, integer } from '../../../lib/cli/option.ts';

const count = integer({ name: 'count', describe: 'Count', min: 1, max: 9 });
const quiet = flag({ name: 'quiet', describe: 'Quiet' });

t.test('values', (t) => {
  const rows: readonly [typeof count | typeof quiet, unknown, string | false][] = [
    [count, 3, '3'],
    [count, -3, '-3'],
    [count, '3', '3'],
    [count, 'x', 'x'],
    [count, '', false],
    [quiet, true, ''],
    [quiet, false, false],
    [count, 'secrets:a:b', 'secrets:a:b'],
    [quiet, 'secrets:a:b', 'secrets:a:b'],
  ];
  for (const [option, value, expected] of rows) {
    const entry = { key: 'x', value, line: 1 };
    t.equal(wordOf(option, entry, 'a.conf'), expected, `${option.name} ${value}`);
  }
  t.end();
});

t.test('values of another kind', (t) => {
  const rows: readonly [typeof count | typeof quiet, unknown, RegExp][] = [
    [count, true, /not a boolean$/],
    [count, 1.5, /not a number$/],
    [count, Number.POSITIVE_INFINITY, /not a number$/],
    [count, ['hunter2'], /not a list$/],
    [count, { hunter2: 1 }, /not a table$/],
    [count, new Date(), /not a date without quotes$/],
    [quiet, 'hunter2', /not text$/],
    [quiet, 1, /not a number$/],
  ];
  for (const [option, value, message] of rows) {
    const wrong = (line: number | undefined) => () =>
      wordOf(option, { key: 'Key', value, line }, 'a.conf');
    t.throws(wrong(7), { code: 'USAGE', message, facts: { file: 'a.conf', line: 7 } });
    t.throws(wrong(7), { message: /^a\.conf, line 7: Key takes (?!.*hunter2)/ });
    t.throws(wrong(undefined), { message: /^a\.conf: Key takes/ });
  }
  t.end();
});

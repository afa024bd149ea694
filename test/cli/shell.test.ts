import t from 'tap';
import { checkInput, checkOutput, columnsOf } from '../../lib/cli/shell.ts';

t.test('nobody types the languages into a terminal', (t) => {
  for (const language of ['ndjson', 'text', 'frames', 'encrypted'] as const) {
    t.throws(() => checkInput(true, language, 'asb …'), { code: 'USAGE' }, language);
    t.doesNotThrow(() => checkInput(false, language, 'asb …'), language);
  }
  t.throws(() => checkInput(true, 'text', 'asb compress < a.asb'), {
    code: 'USAGE',
    message: /asb compress < a\.asb/,
  });
  t.end();
});

t.test('a terminal gets NDJSON at most', (t) => {
  for (const language of ['text', 'frames', 'encrypted'] as const) {
    t.throws(() => checkOutput(true, language), { code: 'TERMINAL' }, language);
    t.doesNotThrow(() => checkOutput(false, language), language);
  }
  t.doesNotThrow(() => checkOutput(true, 'ndjson'));
  t.doesNotThrow(() => checkOutput(false, 'ndjson'));
  t.end();
});

t.test('only a terminal has columns, and only a terminal is opened', (t) => {
  let opened = 0;
  const open = () => {
    opened++;
    return { columns: 90 };
  };
  t.equal(columnsOf(false, open), undefined);
  t.equal(opened, 0);
  t.equal(columnsOf(true, open), 90);
  t.equal(
    columnsOf(true, () => ({ columns: 0 })),
    80,
    'one that does not know',
  );
  t.equal(
    columnsOf(true, () => ({})),
    80,
  );
  t.end();
});

import t from 'tap';
import { detailsOf, lineOf, printable, shortened } from '../../lib/cli/report.ts';
import { AsbError } from '../../lib/errors.ts';

const failing = (message: string, cause?: unknown): AsbError =>
  new AsbError('STORAGE', message, { file: 'a.asb', cause });

t.test('a failure in one line', (t) => {
  const circle = new Error('round');
  circle.cause = circle;
  const deep = failing('one', failing('two', failing('three', failing('four'))));
  const cases: [unknown, string][] = [
    [failing('no room'), 'no room'],
    [failing('cannot write', new Error('ENOSPC')), 'cannot write: ENOSPC'],
    [failing('cannot write: ENOSPC', new Error('ENOSPC')), 'cannot write: ENOSPC'],
    [failing('cannot read a: No key (none)', new Error('No key.')), 'cannot read a: No key (none)'],
    [deep, 'one: two: three'],
    [circle, 'round'],
    ['thrown', 'thrown'],
    [failing('two\nlines \u001b[31m'), 'two lines \\x1b[31m'],
  ];
  for (const [error, expected] of cases) t.equal(lineOf(error), expected);
  t.end();
});

t.test('all there is to know', (t) => {
  const details = detailsOf(failing('cannot write', new Error('ENOSPC')));
  t.match(details, /STORAGE \{"file":"a.asb"\}/);
  t.match(details, /caused by Error: ENOSPC/);
  t.equal(detailsOf('thrown'), 'thrown');
  const bare = new Error('bare');
  delete bare.stack;
  t.equal(detailsOf(bare), 'Error: bare');
  t.end();
});

t.test('a terminal is told nothing that it would obey', (t) => {
  t.equal(printable('a\u0007\u009b\r\u007fé'), 'a\\x07\\x9b\\x0d\\x7fé');
  t.end();
});

t.test('a long text', (t) => {
  t.equal(shortened('four', 4), 'four');
  t.equal(shortened('x'.repeat(1234), 2), 'xx… (1,234 characters)');
  t.end();
});

import { closeSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { wasClosed } from '../../lib/cli/closed.ts';

t.test(
  'what Node puts in the place of a closed stream, and what was meant to go nowhere',
  async (t) => {
    const facts = t.testdir({ odd: '' });
    for (const [flags, closed] of [
      ['r+', true],
      ['w', false],
      ['a', false],
      ['r', false],
    ] as const) {
      const fd = openSync('/dev/null', flags);
      t.equal(wasClosed(fd), closed, flags);
      t.equal(wasClosed(fd, join(facts, 'none')), false, 'where nobody tells');
      writeFileSync(join(facts, `${fd}`), 'of another form');
      t.equal(wasClosed(fd, facts), false);
      closeSync(fd);
    }
    const fd = openSync(join(facts, 'odd'), 'r+');
    t.equal(wasClosed(fd), false, 'a file');
    closeSync(fd);
  },
);

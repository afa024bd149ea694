import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Output } from '../../lib/cli/output.ts';
import { Words } from '../../lib/cli/words.ts';

t.test('words come in order', async (t) => {
  const file = join(t.testdir(), 'words');
  const fd = openSync(file, 'w');
  const words = new Words(new Output(fd));
  words.say('one');
  words.draw('\r#\u001b[K');
  words.say('two\nlines\u0007');
  await words.settled();
  closeSync(fd);
  t.equal(readFileSync(file, 'utf8'), 'one\n\r#\u001b[Ktwo lines\\x07\n');
});

t.test('words that nobody can read do no harm', async (t) => {
  const fd = openSync('/dev/full', 'w');
  const words = new Words(new Output(fd));
  words.say('one');
  words.say('two');
  await t.resolves(words.settled());
  closeSync(fd);
});

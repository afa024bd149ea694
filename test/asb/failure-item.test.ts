import t from 'tap';
import { MAX_FAILURE_MESSAGE, textFailure } from '../../lib/asb/failure.ts';
import { readFailure } from '../../lib/asb/failure-item.ts';
import { Misfit } from '../../lib/asb/misfit.ts';

/** What is thrown where the text may go on. */
const MORE = { message: 'the text ends within an item' };

const read = (text: string, final: boolean): string =>
  String(readFailure(Buffer.from(`x${text}`), 1, text.length + 1, final));

t.test('reads the words of an earlier stage', async (t) => {
  const text = String(textFailure('no space left'));
  t.equal(read(text, true), 'no space left');
  t.throws(() => read(text, false), MORE, 'there may be more');
  t.equal(read(`${text}\n`, false), 'no space left');
  t.equal(read(text.padEnd(MAX_FAILURE_MESSAGE + 10, '!'), false).length > 900, true);
  for (let size = 1; size < 7; size++) t.throws(() => read(text.slice(0, size), true), MORE);
});

t.test('anything else that begins with ! is wrong where it differs', async (t) => {
  t.throws(() => read('! asc: x', true), new Misfit(5, '"b"'));
});

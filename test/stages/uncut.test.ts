import t from 'tap';
import { Uncut } from '../../lib/stages/uncut.ts';

t.test('holds bytes', async (t) => {
  const bytes = Buffer.from('x');
  t.equal(new Uncut(bytes).bytes, bytes);
});

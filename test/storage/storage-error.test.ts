import t from 'tap';
import { storageError } from '../../lib/storage/storage-error.ts';

const systemError = (code: string): Error => Object.assign(new Error('oops'), { code });

for (const [cause, words] of [
  [systemError('ENOSPC'), 'the disk is full (ENOSPC)'],
  [systemError('EXOTIC'), 'it failed (EXOTIC)'],
  [new Error('oops'), 'oops'],
] as const) {
  t.test(`says what ${cause} means`, async (t) => {
    const error = storageError('write', '/data/a.asb', cause);
    t.match(error, { code: 'STORAGE', facts: { file: '/data/a.asb', cause } });
    t.ok(error.message.startsWith('cannot write /data/a.asb: '));
    t.ok(error.message.endsWith(words));
  });
}

/** A worker of a restore that dies when it is told something, and is silent until then. */
import type { ThreadFunction } from '../../lib/threads/link.ts';

export const run: ThreadFunction<unknown, { readonly kind: string }, unknown, void> = (_, link) => {
  link.post({ kind: 'notice', notice: 'begun' });
  link.listen(({ kind }) => {
    if (kind === 'flush') return;
    setImmediate(() => {
      throw new Error('crashed');
    });
  });
  return new Promise((_, reject) => {
    link.signal.addEventListener('abort', () => reject(link.signal.reason));
  });
};

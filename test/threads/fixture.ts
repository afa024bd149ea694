/** What the threads of the tests run. */
import { AsbError } from '../../lib/errors.ts';
import type { ThreadFunction } from '../../lib/threads/link.ts';

export const run: ThreadFunction<unknown, string, string, string> = (what, link) => {
  if (what instanceof SharedArrayBuffer) new Int32Array(what)[0] = 42;
  return new Promise((resolve, reject) => {
    const heard: string[] = [];
    const stop = (): void => reject(link.signal.reason);
    if (what === 'echo') {
      link.listen((message) => {
        if (message === 'end') resolve(`heard ${heard.join(' ')}`);
        else {
          heard.push(message);
          link.post(message.toUpperCase());
        }
      });
    } else if (what === 'fail') reject(new AsbError('STORAGE', 'full', { file: 'x' }));
    else if (what === 'late') {
      link.signal.addEventListener('abort', () => link.listen(resolve));
    } else if (what === 'wait') link.signal.addEventListener('abort', stop);
    else if (what === 'crash') {
      setImmediate(() => {
        throw new Error('crashed');
      });
    } else if (what === 'die') {
      setImmediate(() => {
        throw Object.assign(new Error('no memory'), { code: 'ERR_WORKER_OUT_OF_MEMORY' });
      });
    } else resolve('');
  });
};

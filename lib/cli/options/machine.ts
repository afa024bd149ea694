import { text } from '../option.ts';

export const machine = text({
  name: 'machine',
  alias: ['m'],
  group: 'Log:',
  describe:
    'Append PROGRESS, REMAINING, ESTIMATE and SUMMARY lines for programs to this file or FIFO, as ' +
    'asbackup and asrestore; a FIFO needs a reader to begin',
  expected: 'a file or a FIFO',
  shown: 'PATH',
});

import { flag } from '../option.ts';

export const noManifest = flag({
  name: 'no-manifest',
  group: 'Input:',
  describe:
    'Take the files that are there: do not look whether a manifest names them, says that some are ' +
    'missing, or that the backup is not complete',
});

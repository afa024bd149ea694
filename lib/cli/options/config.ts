import { flag, type Option, text } from '../option.ts';

const group = 'Config files:';
const expected = 'a file';
const shown = 'PATH';

export const configFile = text({
  name: 'config-file',
  group,
  describe:
    'Also read options from this file, after /etc/aerospike/astools.conf and ~/.aerospike/astools.conf',
  expected,
  shown,
});

export const onlyConfigFile = text({
  name: 'only-config-file',
  group,
  describe: 'Read options from this file, and from no other',
  expected,
  shown,
});

export const noConfigFile = flag({
  name: 'no-config-file',
  group,
  describe: 'Read no config file',
});

export const instance = text({
  name: 'instance',
  group,
  describe: 'Read [cluster_NAME] in place of [cluster], and so on',
  expected: 'the end of a name of sections',
  pattern: /^[\w-]+$/,
  shown: 'NAME',
});

/** Which config files are read. They cannot stand in one. */
export const configOptions: readonly Option<unknown>[] = [
  configFile,
  onlyConfigFile,
  noConfigFile,
  instance,
];

import t from 'tap';
import type { SecondaryIndex } from '../../../lib/record/globals.ts';
import {
  checkIndex,
  createIndexCommand,
  definitionOf,
  deleteIndexCommand,
  indexStateCommand,
} from '../../../lib/wire/globals/index-commands.ts';

const index = (changes: Partial<SecondaryIndex> = {}): SecondaryIndex => ({
  kind: 'index',
  namespace: 'test',
  set: 's1',
  name: 'i',
  collection: 'default',
  type: 'numeric',
  bin: 'b',
  ...changes,
});

t.test('the command that makes an index', async (t) => {
  const rows: readonly [Partial<SecondaryIndex>, string, string][] = [
    [{}, '8.1.2.0', 'namespace=test;set=s1;indexname=i;indextype=DEFAULT;bin=b;type=NUMERIC'],
    [{}, '8.1.0.0-rc1', 'namespace=test;set=s1;indexname=i;indextype=DEFAULT;bin=b;type=NUMERIC'],
    [{}, '10.0.0.1', 'namespace=test;set=s1;indexname=i;indextype=DEFAULT;bin=b;type=NUMERIC'],
    [{}, '8.0.1.2', 'ns=test;set=s1;indexname=i;indextype=DEFAULT;indexdata=b,NUMERIC'],
    [{}, '4.9.0.11', 'ns=test;set=s1;indexname=i;indextype=DEFAULT;indexdata=b,NUMERIC'],
    [{}, '', 'ns=test;set=s1;indexname=i;indextype=DEFAULT;indexdata=b,NUMERIC'],
    [
      { set: '', collection: 'list', type: 'string' },
      '8.1.2.0',
      'namespace=test;indexname=i;indextype=LIST;bin=b;type=STRING',
    ],
    [
      { collection: 'mapkeys', type: 'blob', context: 'khAA' },
      '8.1.2.0',
      'namespace=test;set=s1;indexname=i;indextype=MAPKEYS;context=khAA;bin=b;type=BLOB',
    ],
    [
      { collection: 'mapvalues', type: 'geo2dsphere', context: 'khAA' },
      '7.2.0.0',
      'ns=test;set=s1;indexname=i;indextype=MAPVALUES;context=khAA;indexdata=b,GEO2DSPHERE',
    ],
    [
      { bin: '', expression: 'k1ECo2ludA==' },
      '8.1.2.0',
      'namespace=test;set=s1;indexname=i;indextype=DEFAULT;exp=k1ECo2ludA==;type=NUMERIC',
    ],
    [
      { bin: '', collection: 'set', type: 'none' },
      '8.1.2.0',
      'namespace=test;set=s1;indexname=i;indextype=SET',
    ],
    [
      { set: 'a:b=c', name: 'x y', bin: 'd:e=f' },
      '8.1.2.0',
      'namespace=test;set=a:b=c;indexname=x y;indextype=DEFAULT;bin=d:e=f;type=NUMERIC',
    ],
  ];
  for (const [changes, build, parameters] of rows) {
    t.equal(createIndexCommand(index(changes), build), `sindex-create:${parameters}`, parameters);
  }
});

t.test('the commands that remove an index and look at it', async (t) => {
  t.equal(deleteIndexCommand(index(), '8.1.0.0'), 'sindex-delete:namespace=test;indexname=i');
  t.equal(deleteIndexCommand(index(), '6.4.0.0'), 'sindex-delete:ns=test;indexname=i');
  t.equal(indexStateCommand(index(), '8.1.0.0'), 'sindex-stat:namespace=test;indexname=i');
  t.equal(indexStateCommand(index(), '6.4.0.0'), 'sindex/test/i');
});

t.test('what no command can carry', async (t) => {
  for (const sign of [';', '\n', '\0']) {
    for (const part of ['name', 'set', 'bin']) {
      t.throws(() => checkIndex(index({ [part]: `a${sign}b` })), { code: 'FORMAT' }, part);
    }
  }
  t.throws(() => checkIndex(index({ set: 'a|b' })), { code: 'FORMAT', message: /"i".*"a\|b"/ });
  t.throws(() => checkIndex(index({ bin: 'a|b' })), { code: 'FORMAT' });
  t.doesNotThrow(() => checkIndex(index({ name: 'a|b:c=d,e\tf g', set: 'a:=,\t b' })));
});

t.test('what two indexes are the same by', async (t) => {
  const same: readonly [Partial<SecondaryIndex>, Partial<SecondaryIndex>][] = [
    [{ name: 'x' }, { namespace: 'y' }],
    [{ context: 'khA' }, { context: 'khA=' }],
    [
      { bin: '', expression: 'k1ECo2ludA' },
      { bin: '', expression: 'k1ECo2ludA==' },
    ],
    [
      { collection: 'set', type: 'none', bin: '' },
      { collection: 'set', type: 'numeric', bin: 'x' },
    ],
  ];
  for (const [one, other] of same) {
    t.equal(definitionOf(index(one)), definitionOf(index(other)), JSON.stringify(one));
  }
  const different: readonly Partial<SecondaryIndex>[] = [
    {},
    { set: '' },
    { bin: 'c' },
    { type: 'string' },
    { collection: 'list' },
    { context: 'khAA' },
    { expression: 'khAA' },
    { collection: 'set' },
    { collection: 'set', set: 's2' },
  ];
  t.equal(new Set(different.map((one) => definitionOf(index(one)))).size, different.length);
});

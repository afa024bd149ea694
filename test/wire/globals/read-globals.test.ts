import t from 'tap';
import {
  parseIndexes,
  readGlobals,
  readIndexes,
  readUdfs,
} from '../../../lib/wire/globals/read-globals.ts';

const common = { kind: 'index', namespace: 'test', set: 's1', name: 'i', bin: 'b' } as const;

t.test('indexes', async (t) => {
  const rows: readonly [string, object][] = [
    [
      'ns=test:indexname=i:set=s1:bin=b:type=numeric:indextype=default:context=null:exp=null:state=RW',
      { ...common, type: 'numeric', collection: 'default' },
    ],
    [
      'ns=test:indexname=i:set=null:bin=b:type=string:indextype=list:context=null:exp=null:state=WO',
      { ...common, set: '', type: 'string', collection: 'list' },
    ],
    [
      'ns=test:indexname=i:set=NULL:bin=b:type=TEXT:indextype=NONE:context=NULL:exp=NULL:state=RW',
      { ...common, set: '', type: 'string', collection: 'default' },
    ],
    [
      'ns=test:indexname=i:set=s1:bin=b:type=int signed:indextype=mapkeys:state=RW',
      { ...common, type: 'numeric', collection: 'mapkeys' },
    ],
    [
      'ns=test:indexname=i:set=s1:bin=b:type=geo2dsphere:indextype=mapvalues:context=khAA:exp=null:state=RW',
      { ...common, type: 'geo2dsphere', collection: 'mapvalues', context: 'khAA' },
    ],
    [
      'ns=test:indexname=i:set=s1:bin=null:type=blob:indextype=default:context=null:exp=k1ECo2ludA==:state=RW',
      { ...common, bin: '', type: 'blob', collection: 'default', expression: 'k1ECo2ludA==' },
    ],
    [
      'ns=test:indexname=i:set=a:b=c;d:bin=e:type=x f\ng:type=geojson:indextype=default:context=null:exp=null:state=RW',
      {
        ...common,
        set: 'a:b=c;d',
        bin: 'e:type=x f\ng',
        type: 'geo2dsphere',
        collection: 'default',
      },
    ],
    [
      'ns=test:indexname=i:set=s1:indextype=set',
      { ...common, bin: '', type: 'none', collection: 'set' },
    ],
  ];
  for (const [text, index] of rows) t.strictSame(parseIndexes(text), [index], text);
  t.equal(parseIndexes(';ns=test:indexname=i:set=s1:indextype=set').length, 1, 'no other before');
  const all = rows.map(([text]) => text).join(';');
  t.strictSame(
    parseIndexes(`${all};`),
    rows.map(([, index]) => index),
    'all of them in one answer, with a semicolon at its end',
  );
  t.strictSame(parseIndexes(''), []);
});

t.test('an index that is described in an unknown way', async (t) => {
  const wrong = [
    'x',
    'ns=test:indexname=i:set=s1:bin=b:type=numeric',
    'ns=test:indexname=i:set=s1:bin=b:type=vector:indextype=default:state=RW',
    'ns=test:indexname=i:set=s1:bin=b:type=numeric:indextype=tree:state=RW',
  ];
  for (const text of wrong) t.throws(() => parseIndexes(text), { code: 'PROTOCOL' }, text);
});

/** Answers from a table, and remembers what it was asked. */
const answering = (answers: Readonly<Record<string, string>>) => {
  const asked: string[] = [];
  const ask = async (command: string): Promise<string> => {
    asked.push(command);
    return answers[command] ?? '';
  };
  return { asked, ask };
};

const LIST =
  'ns=test:indexname=i:set=s1:bin=b:type=numeric:indextype=default:context=null:exp=null:state=RW';
const lua = (text: string): string => `type=LUA;content=${Buffer.from(text).toString('base64')};`;
const ANSWERS = {
  'sindex-list:ns=test;b64=true': LIST,
  'udf-list': 'filename=a.lua,hash=1,type=LUA;filename=b,=b.lua,hash=2,type=LUA;',
  'udf-get:filename=a.lua': lua('return 1\n'),
  'udf-get:filename=b,=b.lua': lua(''),
};
const INDEX = { ...common, type: 'numeric', collection: 'default' };
const MODULES = [
  { kind: 'udf', name: 'a.lua', language: 'LUA', content: Buffer.from('return 1\n') },
  { kind: 'udf', name: 'b,=b.lua', language: 'LUA', content: Buffer.alloc(0) },
];

t.test('asked from a node', async (t) => {
  t.strictSame(await readIndexes(answering(ANSWERS).ask, 'test'), [INDEX]);
  t.strictSame(await readUdfs(answering(ANSWERS).ask), MODULES);
  t.strictSame(await readUdfs(answering({}).ask), []);
  const both = { indexes: true, udfs: true };
  t.strictSame(await readGlobals(answering(ANSWERS).ask, 'test', both), [INDEX, ...MODULES]);
  const { ask, asked } = answering(ANSWERS);
  t.strictSame(await readGlobals(ask, 'test', { indexes: false, udfs: false }), []);
  t.strictSame(asked, [], 'what is not wanted is not asked for');
});

for (const answer of ['', 'error=not_found', 'type=LUA;', 'type=PY;content=AA==;']) {
  t.test(`a module that is answered with "${answer}"`, async (t) => {
    const { ask } = answering({ ...ANSWERS, 'udf-get:filename=b,=b.lua': answer });
    await t.rejects(readUdfs(ask), { code: 'PROTOCOL' });
  });
}

import t from 'tap';
import { HeadReader, MAX_GLOBALS_SIZE } from '../../lib/asb/head-reader.ts';
import { JoinedHead } from '../../lib/asb/joined-head.ts';

/** Joins heads of files that are named a.asb, b.asb … */
const joined = (...texts: readonly string[]): string => {
  const head = new JoinedHead();
  for (const [index, text] of texts.entries()) {
    const reader = new HeadReader();
    reader.push(Buffer.from(text));
    head.add(reader.end(), `${'abc'[index]}.asb`);
  }
  return head.text.toString();
};

const TEST = '# namespace test\n';
const V31 = `Version 3.1\n${TEST}`;
const INDEX = '* i test  ix N 1 bin N\n';
const UDF = '* u L a.lua 3 abc\n';

for (const [what, texts, text] of [
  ['one file', [`${V31}# first-file\n${INDEX}`], `${V31}# first-file\n${INDEX}`],
  ['the first-file line, wherever it is', [V31, `${V31}# first-file\n`], `${V31}# first-file\n`],
  [
    'the same first-file line twice',
    [`${V31}# first-file\n`, `${V31}# first-file\n`],
    `${V31}# first-file\n`,
  ],
  ['none', [V31, V31], V31],
  ['no namespace', ['Version 3.1\n', 'Version 3.1\n'], 'Version 3.1\n'],
  ['a namespace that only one has', ['Version 3.1\n', V31], V31],
  [
    'one name, escaped in two ways',
    ['Version 3.1\n# namespace t\\est\n', V31],
    'Version 3.1\n# namespace t\\est\n',
  ],
  [
    'the highest version',
    [V31, `Version 3.3\n${TEST}`, `Version 3.2\n${TEST}`],
    `Version 3.3\n${TEST}`,
  ],
  [
    'version 3.0',
    [`Version 3.0\n# namespace a\\b\n`, 'Version 3.0\n# namespace a\\b\n'],
    'Version 3.0\n# namespace a\\b\n',
  ],
  ['globals, each once', [V31 + INDEX + UDF, V31 + UDF + INDEX], V31 + INDEX + UDF],
  ['globals, in the order of the files', [V31 + UDF, V31 + INDEX], V31 + UDF + INDEX],
  [
    'names of modules and of indexes apart',
    [`${V31}* u L ix 0 \n`, V31 + INDEX],
    `${V31}* u L ix 0 \n${INDEX}`,
  ],
  [
    'indexes of two namespaces',
    [V31 + INDEX, `${V31}* i other  ix N 1 b N\n`],
    `${V31}${INDEX}* i other  ix N 1 b N\n`,
  ],
  [
    'an expression index needs 3.2',
    [V31, `${V31}* e test  ix N 1  N kxUB\n`],
    `Version 3.2\n${TEST}* e test  ix N 1  N kxUB\n`,
  ],
  [
    'a set index needs 3.3',
    [`${V31}* i test s ix S 1  E\n`, V31],
    `Version 3.3\n${TEST}* i test s ix S 1  E\n`,
  ],
] as const) {
  t.test(what, async (t) => t.equal(joined(...texts), text));
}

t.test('no file at all', async (t) => t.equal(joined(), 'Version 3.1\n'));

for (const [what, texts] of [
  ['two namespaces', [V31, 'Version 3.1\n# namespace other\n']],
  ['two namespaces of 3.0', ['Version 3.0\n# namespace a\\b\n', 'Version 3.0\n# namespace ab\n']],
  ['3.0 and what has escapes', [`Version 3.0\n${TEST}`, V31]],
  ['what has escapes and 3.0', [V31, `Version 3.0\n${TEST}`]],
  ['another index of the same name', [V31 + INDEX, `${V31}* i test  ix N 1 bin S\n`]],
  ['the same with a name that is escaped', [V31 + INDEX, `${V31}* i test set \\ix N 1 bin S\n`]],
  ['another module of the same name', [V31 + UDF, `${V31}* u L a.lua 3 abd\n`]],
] as const) {
  t.test(`refuses ${what}, and names both files`, async (t) => {
    t.throws(() => joined(...texts), {
      code: 'FORMAT',
      facts: { file: 'b.asb' },
      message: /a\.asb and b\.asb$/,
    });
  });
}

t.test('more globals than memory should hold', async (t) => {
  const head = new JoinedHead();
  const header = { version: '3.1', escapedNamespace: 'test', firstFile: false, bytes: Buffer.of() };
  const add = (name: string): void => {
    const line = Buffer.alloc(MAX_GLOBALS_SIZE / 2);
    line.write(`* u L ${name} 33554413 `);
    head.add({ header, globals: [line], end: 0 }, `${name}.asb`);
  };
  add('one');
  add('one');
  add('two');
  t.throws(() => add('three'), { code: 'LIMIT', facts: { file: 'three.asb' } });
});

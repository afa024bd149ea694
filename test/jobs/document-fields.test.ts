import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { codeOf } from '../../lib/errors.ts';
import { DocumentFields } from '../../lib/jobs/document-fields.ts';

const FILE = 'out/test.json';
const fieldsOf = (value: unknown): DocumentFields =>
  DocumentFields.parse(JSON.stringify(value), FILE);

t.test('every kind of field', async (t) => {
  const fields = fieldsOf({
    text: 'a b',
    count: 7,
    flag: false,
    time: '2026-11-23T07:00:00.000Z',
    object: { inner: 'x' },
    raw: [1, null],
    list: [{ n: 1 }, { n: 2 }],
  });
  t.equal(fields.text('text'), 'a b');
  t.equal(fields.text('text', /^a/), 'a b');
  t.equal(fields.count('count'), 7);
  t.equal(fields.flag('flag'), false);
  t.strictSame(fields.time('time'), new Date('2026-11-23T07:00:00.000Z'));
  t.equal(fields.object('object').text('inner'), 'x');
  t.strictSame(fields.raw('raw'), [1, null]);
  t.strictSame(
    fields.list('list', (item) => item.count('n')),
    [1, 2],
  );
  t.ok(fields.has('flag'));
  t.notOk(fields.has('toString'), 'only what the document says');
  t.strictSame(fields.object('object').names, ['inner']);
});

t.test('what is wrong is told with the path of the field', async (t) => {
  const fields = fieldsOf({
    text: 1,
    word: 'x',
    counts: [-1, 1.5, 2 ** 53, '1', null].map((count) => ({ count })),
    flag: 0,
    time: 'noon',
    list: {},
    object: [],
    deep: { files: [{ name: 'a' }, { name: 2 }], none: [null] },
  });
  const rows: readonly [() => unknown, RegExp][] = [
    [() => fields.text('text'), /"text" is not a string$/],
    [() => fields.text('word', /^y$/), /"word" is not a string like \^y\$$/],
    [() => fields.text('missing'), /"missing"/],
    [() => fields.list('counts', (item) => item.count('count')), /"counts\[0\]\.count"/],
    [() => fields.flag('flag'), /"flag" is not true or false/],
    [() => fields.time('time'), /"time" is not a time/],
    [() => fields.time('text'), /"text" is not a string/],
    [() => fields.list('list', () => 1), /"list" is not a list/],
    [() => fields.object('object'), /"object" is not an object/],
    [() => fields.object('word'), /"word" is not an object/],
    [() => fields.object('missing'), /"missing" is not an object/],
    [
      () => fields.object('deep').list('files', (item) => item.text('name')),
      /"deep\.files\[1\]\.name"/,
    ],
    [() => fields.object('deep').list('none', () => 1), /"deep\.none\[0\]" is not an object/],
  ];
  for (const [read, message] of rows) {
    t.throws(read, { code: 'FORMAT', message, facts: { file: FILE } }, message.source);
  }
  fields.list('counts', (item) => t.throws(() => item.count('count'), { code: 'FORMAT' }));
  t.match(fields.wrong('text', 'red'), { code: 'FORMAT', facts: { file: FILE, expected: 'red' } });
});

t.test('what is no JSON object is none', async (t) => {
  for (const text of ['', '{', '{"a":1', 'null', '[]', '1', '"text"', '\u0000']) {
    t.throws(
      () => DocumentFields.parse(text, FILE),
      { code: 'FORMAT', facts: { file: FILE } },
      text,
    );
  }
});

t.test('any JSON is read, or refused with a code', async () => {
  fc.assert(
    fc.property(fc.json(), fc.string(), (text, name) => {
      try {
        const fields = DocumentFields.parse(text, FILE);
        assert.equal(fields.has(name), Object.hasOwn(JSON.parse(text), name));
        for (const field of fields.names) {
          assert(Number.isSafeInteger(fields.count(field)));
        }
      } catch (error) {
        if (codeOf(error) !== 'FORMAT') throw error;
      }
    }),
  );
});

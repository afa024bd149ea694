import t from 'tap';
import { AsbError, codeOf, factsOf, inFile, messageOf, toError } from '../lib/errors.ts';

t.test('an error has a code, its facts, and a cause only if there is one', async (t) => {
  const cause = new Error('below');
  const error = new AsbError('FORMAT', 'wrong', { line: 3, cause });
  t.match(error, { name: 'AsbError', code: 'FORMAT', message: 'wrong', facts: { line: 3 }, cause });
  t.notOk('cause' in new AsbError('RANGE', 'wrong'));
});

t.test('whatever is thrown has words, perhaps a code, and becomes an error', async (t) => {
  const system = Object.assign(new Error('no entry'), { code: 'ENOENT' });
  t.equal(messageOf(system), 'no entry');
  t.equal(messageOf('words'), 'words');
  t.equal(codeOf(system), 'ENOENT');
  t.equal(codeOf(Object.assign(new Error('odd'), { code: 7 })), undefined);
  t.equal(codeOf('words'), undefined);
  t.equal(toError(system), system);
  t.match(toError('words'), { message: 'words' });
});

t.test('a failure is told of its file, once', async (t) => {
  const cause = new Error('below');
  const located = inFile(new AsbError('FORMAT', 'line 3: wrong', { line: 3, cause }), 'a.asb');
  t.match(located, { code: 'FORMAT', facts: { line: 3, file: 'a.asb' }, cause });
  t.equal(inFile(located, 'b.asb'), located);
  t.equal(inFile(cause, 'b.asb'), cause);
});

t.test('the facts for programs', (t) => {
  const system = Object.assign(new Error('no'), { code: 'ENOENT' });
  const cases: [unknown, object][] = [
    [
      new AsbError('STORAGE', 'cannot write', { file: 'a.asb', cause: system }),
      { code: 'STORAGE', file: 'a.asb' },
    ],
    [system, { code: 'ENOENT' }],
    [new Error('no'), {}],
    ['thrown', {}],
  ];
  for (const [error, expected] of cases) t.strictSame(factsOf(error), expected);
  t.end();
});

import t from 'tap';
import { clientCode, clientError } from '../../lib/client/client-error.ts';

const coded = (code: unknown) => Object.assign(new Error('it says'), { code });

/** What is thrown, its code, and ours. */
const ROWS: [string, unknown, number, object][] = [
  ['of the server', coded(22), 22, { code: 'SERVER', facts: { resultCode: 22 } }],
  ['of the client', coded(-8), -8, { code: 'NETWORK' }],
  ['with another code', coded('EPIPE'), 0, { code: 'NETWORK' }],
  ['without a code', new Error('it says'), 0, { code: 'NETWORK' }],
  ['no error at all', 'it says', 0, { code: 'NETWORK' }],
];

for (const [name, thrown, code, expected] of ROWS) {
  t.test(`an error ${name}`, async (t) => {
    t.equal(clientCode(thrown), code);
    const error = clientError(thrown, 'test');
    t.match(error, expected);
    t.match(error, { message: 'it says', facts: { namespace: 'test', cause: thrown } });
  });
}

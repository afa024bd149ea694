import t from 'tap';
import { Result } from '../../../lib/sandbox/result.ts';
import { type Credentials, makeUsers, type User } from '../../../lib/sandbox/security/users.ts';
import { hashPassword } from '../../../lib/wire/security/password-hash.ts';

const users = makeUsers([
  { name: 'inner', password: 'secret', roles: ['read'] },
  { name: 'outer', password: 'secret', roles: ['read'], external: true },
  { name: 'certified', roles: [] },
]);
const right = Buffer.from(await hashPassword('secret'));
const wrong = Buffer.from(await hashPassword('Secret'));
const clear = Buffer.from('secret');

t.test('who is let in', async (t) => {
  const rows: readonly (readonly [string, Omit<Credentials, 'name'>, number])[] = [
    ['inner', { credential: right }, Result.OK],
    ['inner', { credential: wrong }, Result.INVALID_CREDENTIAL],
    ['inner', { credential: right.subarray(1) }, Result.INVALID_CREDENTIAL],
    ['inner', { credential: clear }, Result.INVALID_CREDENTIAL],
    ['inner', {}, Result.INVALID_CREDENTIAL],
    ['inner', { credential: right, clearPassword: clear }, Result.INVALID_CREDENTIAL],
    ['outer', { credential: wrong, clearPassword: clear }, Result.OK],
    ['outer', { clearPassword: Buffer.from('Secret') }, Result.LDAP_AUTHENTICATION],
    ['outer', { credential: right }, Result.INVALID_CREDENTIAL],
    ['certified', { credential: right }, Result.INVALID_CREDENTIAL],
    ['certified', { credential: Buffer.alloc(0) }, Result.INVALID_CREDENTIAL],
  ];
  for (const [name, credentials, result] of rows) {
    const user: User | undefined = users.get(name);
    t.equal(await user?.check({ name, ...credentials }), result, name);
  }
});

t.test('users that are none', async (t) => {
  const rows = [
    [{ name: '', roles: [] }],
    [
      { name: 'twice', roles: [] },
      { name: 'twice', password: 'x', roles: [] },
    ],
    [{ name: 'one', roles: ['king'] }],
  ];
  for (const options of rows) t.throws(() => makeUsers(options), { code: 'USAGE' });
});

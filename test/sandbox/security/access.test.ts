import t from 'tap';
import { Result } from '../../../lib/sandbox/result.ts';
import { Access, FULL_ACCESS } from '../../../lib/sandbox/security/access.ts';
import { User } from '../../../lib/sandbox/security/users.ts';

t.test('without security', async (t) => {
  t.equal(FULL_ACCESS.result, Result.OK);
  t.equal(FULL_ACCESS.resultFor(['write', 'user-admin']), Result.OK);
});

t.test('before and after a login', async (t) => {
  const access = new Access(true, 'client');
  t.equal(access.clientName, 'client');
  t.equal(access.result, Result.NOT_AUTHENTICATED);
  t.equal(access.resultFor([]), Result.NOT_AUTHENTICATED);
  t.equal(access.resultFor(['read']), Result.NOT_AUTHENTICATED);
  access.user = new User({ name: 'one', roles: ['read'] });
  t.equal(access.result, Result.OK);
  t.equal(access.resultFor([]), Result.OK);
  t.equal(access.resultFor(['read', 'query']), Result.OK);
  t.equal(access.resultFor(['read', 'write']), Result.ROLE_VIOLATION);
});

import t from 'tap';
import { listRoles, permissionsOf } from '../../../lib/sandbox/security/roles.ts';

t.test('what roles may do', async (t) => {
  const rows: readonly (readonly [readonly string[], readonly string[]])[] = [
    [[], []],
    [['read'], ['read', 'query']],
    [['write'], ['write']],
    [['read-write'], ['read', 'query', 'write']],
    [
      ['write', 'sindex-admin'],
      ['write', 'sindex-admin'],
    ],
    [['data-admin'], ['udf-admin', 'sindex-admin', 'truncate']],
    [
      ['data-admin', 'truncate', 'user-admin'],
      ['udf-admin', 'sindex-admin', 'truncate', 'user-admin'],
    ],
    [['sys-admin'], []],
  ];
  for (const [roles, permissions] of rows) {
    t.strictSame([...permissionsOf(roles)], permissions, roles.join('+'));
  }
});

t.test('a role that the server does not have', async (t) => {
  t.throws(() => permissionsOf(['read', 'admin']), { code: 'USAGE', facts: { expected: String } });
});

t.test('every role has a privilege of its own', async (t) => {
  const roles = listRoles();
  t.equal(new Set(roles.map(([, privilege]) => privilege)).size, roles.length);
  t.strictSame(
    roles.filter(([name]) => name === 'read'),
    [['read', 10]],
  );
});

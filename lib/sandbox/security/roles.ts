import { AsbError } from '../../errors.ts';

/** What a request may need, by the server's names; those that no request here needs are left out. */
export type Permission =
  | 'read'
  | 'query'
  | 'write'
  | 'truncate'
  | 'udf-admin'
  | 'sindex-admin'
  | 'user-admin';

interface Role {
  /** The privilege of the same name, as a number of the wire. */
  readonly privilege: number;
  readonly permissions: readonly Permission[];
}

/**
 * The server's own roles, each over all namespaces. That `sys-admin` may not do what `data-admin`
 * may is the careful reading of the documentation.
 */
const ROLES: ReadonlyMap<string, Role> = new Map<string, Role>([
  ['user-admin', { privilege: 0, permissions: ['user-admin'] }],
  ['sys-admin', { privilege: 1, permissions: [] }],
  ['data-admin', { privilege: 2, permissions: ['udf-admin', 'sindex-admin', 'truncate'] }],
  ['udf-admin', { privilege: 3, permissions: ['udf-admin'] }],
  ['sindex-admin', { privilege: 4, permissions: ['sindex-admin'] }],
  ['read', { privilege: 10, permissions: ['read', 'query'] }],
  ['read-write', { privilege: 11, permissions: ['read', 'query', 'write'] }],
  ['read-write-udf', { privilege: 12, permissions: ['read', 'query', 'write'] }],
  ['write', { privilege: 13, permissions: ['write'] }],
  ['truncate', { privilege: 14, permissions: ['truncate'] }],
]);

/** Name and privilege of every role. */
export const listRoles = (): readonly (readonly [string, number])[] =>
  [...ROLES].map(([name, { privilege }]) => [name, privilege]);

/**
 * What a user with these roles may do.
 * @throws AsbError `USAGE` for a role that the server does not have
 */
export const permissionsOf = (roles: readonly string[]): ReadonlySet<Permission> =>
  new Set(
    roles.flatMap((name) => {
      const role = ROLES.get(name);
      if (role !== undefined) return role.permissions;
      const expected = [...ROLES.keys()].join(', ');
      throw new AsbError('USAGE', `there is no role "${name}"; there are ${expected}`, {
        expected,
      });
    }),
  );

import {
  AdminField,
  type AdminMessage,
  encodeAdminReply,
} from '../../wire/security/admin-message.ts';
import { Result } from '../result.ts';
import type { AdminContext } from './admin.ts';
import { listRoles } from './roles.ts';
import type { User } from './users.ts';

/** Commands about users and roles, by the C client's names. */
export const UserCommand = {
  CREATE_USER: 1,
  DROP_USER: 2,
  SET_PASSWORD: 3,
  CHANGE_PASSWORD: 4,
  GRANT_ROLES: 5,
  REVOKE_ROLES: 6,
  QUERY_USERS: 9,
  CREATE_ROLE: 10,
  DROP_ROLE: 11,
  GRANT_PRIVILEGES: 12,
  REVOKE_PRIVILEGES: 13,
  SET_WHITELIST: 14,
  SET_QUOTAS: 15,
  QUERY_ROLES: 16,
} as const;

/** Fields of these commands and of their answers. */
export const UserField = { ROLES: 10, ROLE: 11, PRIVILEGES: 12 } as const;

const KNOWN: ReadonlySet<number> = new Set(Object.values(UserCommand));

/** Of privileges from here on, the wire says for which namespace and set: empty for all. */
const FIRST_SCOPED_PRIVILEGE = 10;

/**
 * Answers what is about users and roles. Asking who there is works; users and roles stay as they
 * were given at the start, so what would change them is refused as not supported.
 */
export const answerUserCommand = (message: AdminMessage, context: AdminContext): Buffer => {
  const { command, fields } = message;
  const { access, users } = context;
  if (access.result !== Result.OK) return encodeAdminReply(access.result);
  if (!KNOWN.has(command)) return encodeAdminReply(Result.INVALID_COMMAND);
  const asked = fields.get(AdminField.USER)?.toString();
  // Everybody may ask for himself, and change his own password.
  const own = command === UserCommand.QUERY_USERS || command === UserCommand.CHANGE_PASSWORD;
  const result = own && asked === access.user?.name ? Result.OK : access.resultFor(['user-admin']);
  if (result !== Result.OK) return encodeAdminReply(result);
  if (command === UserCommand.QUERY_USERS) return describeUsers(users, asked);
  if (command === UserCommand.QUERY_ROLES) {
    return describeRoles(fields.get(UserField.ROLE)?.toString());
  }
  return encodeAdminReply(Result.UNSUPPORTED_FEATURE);
};

/** A list is a message for each item, then one with the result that says "the last". */
const encodeList = (items: readonly Buffer[], resultIfNone: number): Buffer =>
  items.length === 0
    ? encodeAdminReply(resultIfNone)
    : Buffer.concat([...items, encodeAdminReply(Result.SECURITY_LAST)]);

const describeUsers = (users: ReadonlyMap<string, User>, asked: string | undefined): Buffer =>
  encodeList(
    [...users.values()]
      .filter(({ name }) => asked === undefined || asked === name)
      .map(({ name, roles }) =>
        encodeAdminReply(
          Result.OK,
          new Map<number, string | Buffer>([
            [AdminField.USER, name],
            [UserField.ROLES, Buffer.concat([counted(roles.length), ...roles.map(sized)])],
          ]),
        ),
      ),
    Result.INVALID_USER,
  );

const describeRoles = (asked: string | undefined): Buffer =>
  encodeList(
    listRoles()
      .filter(([name]) => asked === undefined || asked === name)
      .map(([name, privilege]) =>
        encodeAdminReply(
          Result.OK,
          new Map<number, string | Buffer>([
            [UserField.ROLE, name],
            [UserField.PRIVILEGES, Buffer.concat([counted(1), encodePrivilege(privilege)])],
          ]),
        ),
      ),
    Result.INVALID_ROLE,
  );

const encodePrivilege = (privilege: number): Buffer =>
  Buffer.concat([
    counted(privilege),
    ...(privilege < FIRST_SCOPED_PRIVILEGE ? [] : [sized(''), sized('')]),
  ]);

const counted = (count: number): Buffer => Buffer.of(count);

/** Its size in bytes (u8), then the text. */
const sized = (text: string): Buffer => {
  const bytes = Buffer.from(text);
  return Buffer.concat([counted(bytes.length), bytes]);
};

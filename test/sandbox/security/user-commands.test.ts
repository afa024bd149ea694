import t from 'tap';
import { Result } from '../../../lib/sandbox/result.ts';
import { Access } from '../../../lib/sandbox/security/access.ts';
import { Sessions } from '../../../lib/sandbox/security/sessions.ts';
import {
  answerUserCommand,
  UserCommand,
  UserField,
} from '../../../lib/sandbox/security/user-commands.ts';
import { makeUsers } from '../../../lib/sandbox/security/users.ts';
import { decodeProtoHeader, PROTO_HEADER_SIZE } from '../../../lib/wire/proto.ts';
import {
  AdminField,
  type AdminMessage,
  decodeAdminMessage,
} from '../../../lib/wire/security/admin-message.ts';

const users = makeUsers([
  { name: 'admin', roles: ['user-admin'] },
  { name: 'one', roles: ['read', 'write'] },
]);
const sessions = new Sessions({ now: () => 0, sleep: async () => {} }, 1000);

/** The messages of an answer to `name`. */
const ask = (
  name: string,
  command: number,
  ...fields: readonly (readonly [number, string])[]
): AdminMessage[] => {
  const access = new Access(true);
  access.user = users.get(name);
  const message = {
    result: 0,
    command,
    fields: new Map(fields.map(([id, text]) => [id, Buffer.from(text)])),
  };
  const answer = answerUserCommand(message, { users, sessions, access });
  const messages: AdminMessage[] = [];
  for (let at = 0; at < answer.length; ) {
    const end = at + PROTO_HEADER_SIZE + decodeProtoHeader(answer, at).size;
    messages.push(decodeAdminMessage(answer.subarray(at + PROTO_HEADER_SIZE, end)));
    at = end;
  }
  return messages;
};
const { QUERY_USERS, QUERY_ROLES, CREATE_USER, CHANGE_PASSWORD } = UserCommand;
const { USER } = AdminField;

t.test('refusals', async (t) => {
  const rows: readonly (readonly [
    string,
    number,
    readonly (readonly [number, string])[],
    number,
  ])[] = [
    ['nobody', QUERY_USERS, [], Result.NOT_AUTHENTICATED],
    ['nobody', 99, [], Result.NOT_AUTHENTICATED],
    ['admin', 99, [], Result.INVALID_COMMAND],
    ['one', QUERY_USERS, [], Result.ROLE_VIOLATION],
    ['one', QUERY_USERS, [[USER, 'admin']], Result.ROLE_VIOLATION],
    ['one', QUERY_ROLES, [[USER, 'one']], Result.ROLE_VIOLATION],
    ['one', CREATE_USER, [[USER, 'one']], Result.ROLE_VIOLATION],
    ['admin', QUERY_USERS, [[USER, 'two']], Result.INVALID_USER],
    ['admin', QUERY_ROLES, [[UserField.ROLE, 'king']], Result.INVALID_ROLE],
    ['admin', CREATE_USER, [[USER, 'two']], Result.UNSUPPORTED_FEATURE],
    ['one', CHANGE_PASSWORD, [[USER, 'one']], Result.UNSUPPORTED_FEATURE],
  ];
  for (const [name, command, fields, result] of rows) {
    t.strictSame(
      ask(name, command, ...fields).map((message) => message.result),
      [result],
      `${name} ${command}`,
    );
  }
});

t.test('users', async (t) => {
  const [admin, one, last, ...none] = ask('admin', QUERY_USERS);
  t.equal(`${admin?.fields.get(USER)}`, 'admin');
  t.equal(`${admin?.fields.get(UserField.ROLES)}`, '\x01\x0auser-admin');
  t.equal(`${one?.fields.get(UserField.ROLES)}`, '\x02\x04read\x05write');
  t.equal(last?.result, Result.SECURITY_LAST);
  t.strictSame(none, []);
  const [self, end] = ask('one', QUERY_USERS, [USER, 'one']);
  t.equal(`${self?.fields.get(USER)}`, 'one');
  t.equal(end?.result, Result.SECURITY_LAST);
});

t.test('roles', async (t) => {
  const [first] = ask('admin', QUERY_ROLES);
  t.equal(`${first?.fields.get(UserField.ROLE)}`, 'user-admin');
  t.equal(`${first?.fields.get(UserField.PRIVILEGES)}`, '\x01\x00');
  const [read, last] = ask('admin', QUERY_ROLES, [UserField.ROLE, 'read']);
  t.equal(`${read?.fields.get(UserField.PRIVILEGES)}`, '\x01\x0a\x00\x00', 'everywhere');
  t.equal(last?.result, Result.SECURITY_LAST);
});

import t from 'tap';
import { Result } from '../../../lib/sandbox/result.ts';
import { Access } from '../../../lib/sandbox/security/access.ts';
import { answerAdmin, refuseAdmin } from '../../../lib/sandbox/security/admin.ts';
import { Sessions } from '../../../lib/sandbox/security/sessions.ts';
import { makeUsers } from '../../../lib/sandbox/security/users.ts';
import { decodeProtoHeader, PROTO_HEADER_SIZE, ProtoType } from '../../../lib/wire/proto.ts';
import {
  AdminCommand,
  AdminField,
  type AdminFields,
  type AdminMessage,
  decodeAdminMessage,
  encodeAdminRequest,
} from '../../../lib/wire/security/admin-message.ts';
import { hashPassword } from '../../../lib/wire/security/password-hash.ts';

const { LOGIN, AUTHENTICATE } = AdminCommand;
const { USER, CREDENTIAL, CLEAR_PASSWORD, SESSION_TOKEN, SESSION_TTL } = AdminField;

const clock = { time: 0, now: () => clock.time, sleep: async () => {} };
const users = makeUsers([
  { name: 'inner', password: 'secret', roles: [] },
  { name: 'outer', password: 'secret', roles: [], external: true },
  { name: 'certified', roles: [] },
]);
const sessions = new Sessions(clock, 60_000);
const credential = await hashPassword('secret');

/** The one message of an answer. */
const decode = (proto: Buffer): AdminMessage => {
  const { type, size } = decodeProtoHeader(proto);
  if (type !== ProtoType.SECURITY || size + PROTO_HEADER_SIZE !== proto.length) throw new Error();
  return decodeAdminMessage(proto.subarray(PROTO_HEADER_SIZE));
};

const ask = async (
  access: Access,
  command: number,
  fields: readonly (readonly [number, string | Uint8Array])[] = [],
): Promise<AdminMessage> => {
  const map: AdminFields = new Map(fields);
  const body = encodeAdminRequest(command, map).subarray(PROTO_HEADER_SIZE);
  return decode(await answerAdmin(body, { users, sessions, access }));
};

t.test('without security', async (t) => {
  t.equal(decode(refuseAdmin()).result, Result.SECURITY_NOT_SUPPORTED);
});

t.test('logins', async (t) => {
  type Row = readonly [string | undefined, readonly (readonly [number, string])[], number];
  const rows: readonly Row[] = [
    [
      undefined,
      [
        [USER, 'inner'],
        [CREDENTIAL, credential],
      ],
      Result.OK,
    ],
    [
      undefined,
      [
        [USER, 'inner'],
        [CREDENTIAL, 'secret'],
      ],
      Result.INVALID_CREDENTIAL,
    ],
    [undefined, [[USER, 'inner']], Result.INVALID_CREDENTIAL],
    [
      undefined,
      [
        [USER, 'nobody'],
        [CREDENTIAL, credential],
      ],
      Result.INVALID_USER,
    ],
    [
      undefined,
      [
        [USER, 'outer'],
        [CREDENTIAL, credential],
        [CLEAR_PASSWORD, 'secret'],
      ],
      Result.OK,
    ],
    [
      undefined,
      [
        [USER, 'outer'],
        [CLEAR_PASSWORD, 'other'],
      ],
      Result.LDAP_AUTHENTICATION,
    ],
    [undefined, [], Result.INVALID_USER],
    ['certified', [], Result.OK],
    ['stranger', [], Result.INVALID_USER],
    ['inner', [], Result.OK],
    // A name goes before a certificate.
    [
      'certified',
      [
        [USER, 'inner'],
        [CREDENTIAL, 'secret'],
      ],
      Result.INVALID_CREDENTIAL,
    ],
    [
      'certified',
      [
        [USER, 'certified'],
        [CREDENTIAL, credential],
      ],
      Result.INVALID_CREDENTIAL,
    ],
  ];
  for (const [clientName, fields, result] of rows) {
    const access = new Access(true, clientName);
    const reply = await ask(access, LOGIN, fields);
    t.equal(reply.result, result, JSON.stringify([clientName, fields]));
    t.equal(access.result, result === Result.OK ? Result.OK : Result.NOT_AUTHENTICATED);
    t.equal(reply.fields.get(SESSION_TTL)?.readUInt32BE(), result === Result.OK ? 60 : undefined);
    t.equal(reply.fields.has(SESSION_TOKEN), result === Result.OK);
  }
});

t.test('tokens', async (t) => {
  const login = async (access: Access, fields: readonly (readonly [number, string])[]) =>
    (await ask(access, LOGIN, fields)).fields.get(SESSION_TOKEN) ?? Buffer.alloc(0);
  const inner = await login(new Access(true), [
    [USER, 'inner'],
    [CREDENTIAL, credential],
  ]);
  const certified = await login(new Access(true, 'certified'), []);
  type Row = readonly [string | undefined, readonly (readonly [number, string | Buffer])[], number];
  const rows: readonly Row[] = [
    [
      undefined,
      [
        [USER, 'inner'],
        [SESSION_TOKEN, inner],
      ],
      Result.OK,
    ],
    [
      undefined,
      [
        [USER, 'outer'],
        [SESSION_TOKEN, inner],
      ],
      Result.INVALID_CREDENTIAL,
    ],
    [undefined, [[SESSION_TOKEN, inner]], Result.INVALID_CREDENTIAL],
    [
      undefined,
      [
        [USER, 'inner'],
        [SESSION_TOKEN, 'x'],
      ],
      Result.INVALID_CREDENTIAL,
    ],
    [
      undefined,
      [
        [USER, 'inner'],
        [CREDENTIAL, credential],
      ],
      Result.INVALID_CREDENTIAL,
    ],
    ['certified', [[SESSION_TOKEN, certified]], Result.OK],
    ['inner', [[SESSION_TOKEN, certified]], Result.INVALID_CREDENTIAL],
  ];
  for (const [clientName, fields, result] of rows) {
    const access = new Access(true, clientName);
    t.equal((await ask(access, AUTHENTICATE, fields)).result, result);
    t.equal(access.result, result === Result.OK ? Result.OK : Result.NOT_AUTHENTICATED);
  }
  clock.time += 60_000;
  const access = new Access(true);
  const late = await ask(access, AUTHENTICATE, [
    [USER, 'inner'],
    [SESSION_TOKEN, inner],
  ]);
  t.equal(late.result, Result.EXPIRED_SESSION);
  await login(access, [
    [USER, 'inner'],
    [CREDENTIAL, credential],
  ]);
  t.equal(access.user?.name, 'inner', 'a login on the same connection');
});

t.test('what is no message', async (t) => {
  const context = { users, sessions, access: new Access(true) };
  await t.rejects(answerAdmin(Buffer.alloc(15), context), { code: 'PROTOCOL' });
});

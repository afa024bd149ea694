import {
  AdminCommand,
  AdminField,
  type AdminMessage,
  decodeAdminMessage,
  encodeAdminReply,
} from '../../wire/security/admin-message.ts';
import { Result } from '../result.ts';
import type { Access } from './access.ts';
import type { Sessions } from './sessions.ts';
import { answerUserCommand } from './user-commands.ts';
import type { User } from './users.ts';

/** What a node answers security messages with. */
export interface AdminContext {
  readonly users: ReadonlyMap<string, User>;
  readonly sessions: Sessions;
  /** What the connection may do; a login changes it. */
  readonly access: Access;
}

/** What a server without security answers to everything: the code of the community edition. */
export const refuseAdmin = (): Buffer => encodeAdminReply(Result.SECURITY_NOT_SUPPORTED);

/**
 * Answers the body of a type-2 proto: whole protos.
 *
 * Clients that are refused with a token log in on the same connection, and renew a session on one
 * that is in use: so both may come at any time, and a refusal leaves the connection as it was.
 *
 * @throws AsbError `PROTOCOL` or `LIMIT` if it is no security message
 */
export const answerAdmin = async (body: Buffer, context: AdminContext): Promise<Buffer> => {
  const message = decodeAdminMessage(body);
  switch (message.command) {
    case AdminCommand.LOGIN:
      return login(message, context);
    case AdminCommand.AUTHENTICATE:
      return authenticate(message, context);
    default:
      return answerUserCommand(message, context);
  }
};

const login = async ({ fields }: AdminMessage, context: AdminContext): Promise<Buffer> => {
  const { users, sessions, access } = context;
  const name = fields.get(AdminField.USER)?.toString() ?? access.clientName;
  const user = users.get(name ?? '');
  if (name === undefined || user === undefined) return encodeAdminReply(Result.INVALID_USER);
  // Without a name, the certificate is all that a client shows, and the handshake has checked it.
  const result = fields.has(AdminField.USER)
    ? await user.check({
        name,
        credential: fields.get(AdminField.CREDENTIAL),
        clearPassword: fields.get(AdminField.CLEAR_PASSWORD),
      })
    : Result.OK;
  if (result !== Result.OK) return encodeAdminReply(result);
  access.user = user;
  const { token, ttlSeconds } = sessions.open(user);
  const ttl = Buffer.alloc(4);
  ttl.writeUInt32BE(ttlSeconds);
  return encodeAdminReply(
    Result.OK,
    new Map([
      [AdminField.SESSION_TOKEN, token],
      [AdminField.SESSION_TTL, ttl],
    ]),
  );
};

/** A client with a certificate sends the token alone, others their name, too. */
const authenticate = ({ fields }: AdminMessage, { sessions, access }: AdminContext): Buffer => {
  const user = sessions.userOf(fields.get(AdminField.SESSION_TOKEN) ?? Buffer.alloc(0));
  if (typeof user === 'number') return encodeAdminReply(user);
  const name = fields.get(AdminField.USER)?.toString() ?? access.clientName;
  if (name !== user.name) return encodeAdminReply(Result.INVALID_CREDENTIAL);
  access.user = user;
  return encodeAdminReply(Result.OK);
};

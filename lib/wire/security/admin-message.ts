/**
 * The body of a type-2 proto, with which a client logs in: 16 bytes, then fields; all integers big
 * endian. Requests and replies have the same form (from the server's `as_sec_msg`).
 *
 *     header  scheme u8 (0), result u8 (of a reply), command u8 (of a request), fields u8, 12 zeros
 *     field   size u32 (id + data), id u8, data
 */
import { AsbError } from '../../errors.ts';
import { encodeProto, ProtoType } from '../proto.ts';

/** Bytes before the fields. */
export const ADMIN_HEADER_SIZE = 16;
/** Largest body that is read, in bytes; the C client takes a quarter of that. */
export const MAX_ADMIN_SIZE = 64 * 1024;

const FIELD_HEADER_SIZE = 5;
const AT_RESULT = 1;
const AT_COMMAND = 2;
const AT_FIELD_COUNT = 3;

/** What a client asks for; the others are about users and roles. */
export const AdminCommand = {
  /** With the token of a session. */
  AUTHENTICATE: 0,
  /** For a session, with credentials. */
  LOGIN: 20,
} as const;

export const AdminField = {
  USER: 0,
  /** The password's bcrypt hash with the salt that all clients use. */
  CREDENTIAL: 3,
  /** The password itself, for a server that asks others about it. */
  CLEAR_PASSWORD: 4,
  SESSION_TOKEN: 5,
  /** u32, in seconds. */
  SESSION_TTL: 6,
} as const;

export interface AdminMessage {
  /** Of a reply; 0 in a request. */
  readonly result: number;
  /** Of a request; 0 in a reply. */
  readonly command: number;
  /** By id; of fields with the same id, the first, as the C client has it. */
  readonly fields: ReadonlyMap<number, Buffer>;
}

/** Fields to be sent: id → data, text as UTF-8. */
export type AdminFields = ReadonlyMap<number, Uint8Array | string>;

const NO_FIELDS: AdminFields = new Map();

/** A request as a whole proto. */
export const encodeAdminRequest = (command: number, fields = NO_FIELDS): Buffer =>
  encode(0, command, fields);

/** A reply as a whole proto. */
export const encodeAdminReply = (result: number, fields = NO_FIELDS): Buffer =>
  encode(result, 0, fields);

const encode = (result: number, command: number, fields: AdminFields): Buffer => {
  const header = Buffer.alloc(ADMIN_HEADER_SIZE);
  header[AT_RESULT] = result;
  header[AT_COMMAND] = command;
  header[AT_FIELD_COUNT] = fields.size;
  const parts: Buffer[] = [header];
  for (const [id, value] of fields) {
    const data = Buffer.from(value);
    const before = Buffer.alloc(FIELD_HEADER_SIZE);
    before.writeUInt32BE(data.length + 1);
    before[FIELD_HEADER_SIZE - 1] = id;
    parts.push(before, data);
  }
  return encodeProto(ProtoType.SECURITY, Buffer.concat(parts));
};

/**
 * Reads the body of a request or of a reply. Fields are views of it.
 *
 * @throws AsbError `PROTOCOL` if it does not have the form, `LIMIT` beyond {@link MAX_ADMIN_SIZE}
 */
export const decodeAdminMessage = (body: Buffer): AdminMessage => {
  if (body.length > MAX_ADMIN_SIZE) {
    throw new AsbError(
      'LIMIT',
      `a security message of ${body.length} bytes; ${MAX_ADMIN_SIZE} is the limit`,
    );
  }
  if (body.length < ADMIN_HEADER_SIZE) throw cutOff(body.length);
  const fields = new Map<number, Buffer>();
  let at = ADMIN_HEADER_SIZE;
  for (let left = body[AT_FIELD_COUNT]!; left > 0; left--) {
    if (at + FIELD_HEADER_SIZE > body.length) throw cutOff(at);
    const size = body.readUInt32BE(at);
    const end = at + 4 + size;
    if (size === 0 || end > body.length) throw cutOff(at);
    const id = body[at + 4]!;
    if (!fields.has(id)) fields.set(id, body.subarray(at + FIELD_HEADER_SIZE, end));
    at = end;
  }
  if (at < body.length) {
    throw new AsbError('PROTOCOL', `${body.length - at} bytes after a security message`, {
      offset: at,
    });
  }
  return { result: body[AT_RESULT]!, command: body[AT_COMMAND]!, fields };
};

const cutOff = (offset: number): AsbError =>
  new AsbError('PROTOCOL', 'a security message ends before its end', { offset });

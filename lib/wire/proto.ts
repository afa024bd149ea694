/**
 * The outer framing of every exchange: an 8-byte header (version u8 = 2, type u8, body size u48,
 * big endian), then the body. A type-3 body is messages back to back (see `record/layout.ts`).
 */
import { AsbError } from '../errors.ts';
import { MAX_MESSAGE_SIZE } from '../record/layout.ts';

export const PROTO_HEADER_SIZE = 8;
export const PROTO_VERSION = 2;

export const ProtoType = { INFO: 1, SECURITY: 2, MESSAGE: 3, COMPRESSED: 4 } as const;

/** A whole proto around `body`, which is copied. */
export const encodeProto = (type: number, body: Uint8Array): Buffer => {
  const proto = Buffer.allocUnsafe(PROTO_HEADER_SIZE + body.length);
  proto[0] = PROTO_VERSION;
  proto[1] = type;
  proto.writeUIntBE(body.length, 2, 6);
  proto.set(body, PROTO_HEADER_SIZE);
  return proto;
};

/**
 * Reads a header.
 * @returns the type, and the size of the body in bytes
 * @throws AsbError `PROTOCOL` for another version, `LIMIT` for a body over `MAX_MESSAGE_SIZE`
 */
export const decodeProtoHeader = (bytes: Buffer, at = 0): { type: number; size: number } => {
  const version = bytes[at];
  const size = bytes.readUIntBE(at + 2, 6);
  if (version !== PROTO_VERSION) {
    throw new AsbError('PROTOCOL', `proto version ${version}, not ${PROTO_VERSION}`);
  }
  if (size > MAX_MESSAGE_SIZE) {
    throw new AsbError('LIMIT', `a proto of ${size} bytes; ${MAX_MESSAGE_SIZE} is the limit`);
  }
  return { type: bytes[at + 1]!, size };
};

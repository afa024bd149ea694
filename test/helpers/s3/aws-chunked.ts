/** The framing of `Content-Encoding: aws-chunked`: chunks, signed or not, and trailers behind. */
import { S3Failure } from './failure.ts';
import { type Signed, sha256Hex, sign } from './sigv4.ts';

/** The ways of `x-amz-content-sha256` that bring framing: whether signed, and with trailers. */
const STREAMING: Readonly<Record<string, { signed: boolean; trailers: boolean }>> = {
  'STREAMING-UNSIGNED-PAYLOAD-TRAILER': { signed: false, trailers: true },
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD': { signed: true, trailers: false },
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER': { signed: true, trailers: true },
};

/** Only the last chunk may be smaller. */
export const MIN_CHUNK = 8192;
const EMPTY_HASH = sha256Hex(Buffer.alloc(0));
const TRAILER_SIGNATURE = 'x-amz-trailer-signature';

export interface Unframed {
  readonly bytes: Buffer;
  readonly trailers: ReadonlyMap<string, string>;
}

export interface UnframeOptions {
  readonly signed: Signed;
  /** `x-amz-decoded-content-length` */
  readonly length: number;
  /** Names of `x-amz-trailer`, in lower case. */
  readonly trailers: readonly string[];
}

export const isStreaming = (payload: string): boolean => Object.hasOwn(STREAMING, payload);

const badFraming = (message: string): S3Failure => new S3Failure('IncompleteBody', message);
const badTrailer = (): S3Failure =>
  new S3Failure(
    'MalformedTrailerError',
    'The request contained trailing data that was not well-formed or did not conform to our published schema.',
  );

/**
 * Takes the framing off a body and checks every signature in it.
 *
 * @throws S3Failure `IncompleteBody`, `InvalidChunkSizeError`, `MalformedTrailerError`,
 *   `SignatureDoesNotMatch`
 */
export const unframe = (body: Buffer, { signed, length, trailers }: UnframeOptions): Unframed => {
  const mode = STREAMING[signed.payload]!;
  let at = 0;
  let previous = signed.signature;

  const line = (): string => {
    const end = body.indexOf('\r\n', at);
    if (end < 0) throw badFraming('The request body terminated unexpectedly');
    const text = body.toString('latin1', at, end);
    at = end + 2;
    return text;
  };
  const checkSignature = (kind: string, hashes: readonly string[], given: string): void => {
    const text = [
      `AWS4-HMAC-SHA256-${kind}`,
      signed.timestamp,
      signed.scope,
      previous,
      ...hashes,
    ].join('\n');
    previous = sign(signed.signingKey, text);
    if (previous !== given) {
      throw new S3Failure('SignatureDoesNotMatch', `A ${kind.toLowerCase()} signature is wrong`);
    }
  };

  const chunks: Buffer[] = [];
  for (;;) {
    const head = line();
    const [, digits = '', signature] =
      /^([0-9a-fA-F]+)(?:;chunk-signature=([0-9a-f]{64}))?$/.exec(head) ?? [];
    if (digits === '' || mode.signed !== (signature !== undefined)) {
      throw badFraming(`The head of a chunk is malformed: ${head.slice(0, 100)}`);
    }
    const size = Number.parseInt(digits, 16);
    const chunk = body.subarray(at, at + size);
    if (signature !== undefined)
      checkSignature('PAYLOAD', [EMPTY_HASH, sha256Hex(chunk)], signature);
    if (size === 0) break;
    at += size;
    if (chunk.length < size || line() !== '') {
      throw badFraming('The request body terminated unexpectedly');
    }
    const before = chunks.at(-1);
    if (before !== undefined && before.length < MIN_CHUNK) {
      throw new S3Failure(
        'InvalidChunkSizeError',
        `Only the last chunk is allowed to have a size less than ${MIN_CHUNK} bytes`,
        { Chunk: chunks.length, BadChunkSize: before.length },
      );
    }
    chunks.push(chunk);
  }

  const found = new Map<string, string>();
  for (let text = line(); text !== ''; text = line()) {
    const colon = text.indexOf(':');
    if (colon < 1) throw badTrailer();
    found.set(text.slice(0, colon).toLowerCase(), text.slice(colon + 1).trim());
  }
  if (at !== body.length) throw badFraming('There is something behind the last chunk');

  const signature = found.get(TRAILER_SIGNATURE);
  found.delete(TRAILER_SIGNATURE);
  const names = [...found.keys()];
  if (names.toString() !== trailers.toString()) throw badTrailer();
  if (mode.signed && mode.trailers) {
    const text = names.map((name) => `${name}:${found.get(name)}\n`).join('');
    checkSignature('TRAILER', [sha256Hex(Buffer.from(text, 'latin1'))], signature ?? '');
  } else if (signature !== undefined) throw badTrailer();

  const bytes = Buffer.concat(chunks);
  if (bytes.length !== length) {
    throw badFraming('You did not provide the number of bytes specified by the header');
  }
  return { bytes, trailers: found };
};

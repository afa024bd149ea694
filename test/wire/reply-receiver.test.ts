import t from 'tap';
import { AsbError, codeOf } from '../../lib/errors.ts';
import { encodeProto, ProtoType } from '../../lib/wire/proto.ts';
import { ReplyReceiver } from '../../lib/wire/reply-receiver.ts';

interface Heard {
  readonly bodies: string[];
  readonly codes: (string | undefined)[];
  more: boolean;
}

/** Gives the bytes in pieces of at most `step`, as a socket would. */
const feed = (bytes: Buffer, step: number): Heard => {
  const heard: Heard = { bodies: [], codes: [], more: true };
  const receiver = new ReplyReceiver(
    ProtoType.INFO,
    (body) => heard.bodies.push(body.toString()),
    (error) => heard.codes.push(codeOf(error)),
    () => {},
  );
  for (let at = 0; at < bytes.length && heard.more; ) {
    const room = receiver.space();
    const part = bytes.subarray(at, at + Math.min(step, room.length));
    room.set(part);
    at += part.length;
    heard.more = receiver.received(part.length);
  }
  return heard;
};

const long = 'x'.repeat(10_000);
for (const text of ['', 'node\tA1\n', long]) {
  const reply = encodeProto(ProtoType.INFO, Buffer.from(text));
  for (const step of [1, 3, 7, 8, 9, 4096, 100_000]) {
    t.strictSame(feed(reply, step), { bodies: [text], codes: [], more: true });
  }
}

const reply = encodeProto(ProtoType.INFO, Buffer.from('a\tb\n'));
const refused: readonly [string, Buffer, string][] = [
  ['bytes after the answer', Buffer.concat([reply, Buffer.of(2)]), 'PROTOCOL'],
  ['another version', Buffer.alloc(8, 1), 'PROTOCOL'],
  ['another type', encodeProto(ProtoType.MESSAGE, Buffer.from('x')), 'PROTOCOL'],
  ['an alert of TLS', Buffer.from('15030300020228', 'hex'), 'NETWORK'],
  ['a body beyond the limit', Buffer.from('0201ffffffffffff', 'hex'), 'LIMIT'],
];
for (const [what, bytes, code] of refused) {
  t.strictSame(feed(bytes, 100), { bodies: [], codes: [code], more: false }, what);
}

const codes: (string | undefined)[] = [];
const receiver = new ReplyReceiver(
  ProtoType.INFO,
  () => codes.push('done'),
  (error) => codes.push(codeOf(error)),
  () => codes.push('idle'),
);
receiver.idle();
receiver.closed(new AsbError('NETWORK', 'gone'));
t.strictSame(codes, ['idle', 'NETWORK']);

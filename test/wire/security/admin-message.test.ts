import fc from 'fast-check';
import t from 'tap';
import { decodeProtoHeader, PROTO_HEADER_SIZE, ProtoType } from '../../../lib/wire/proto.ts';
import { ReplyReceiver } from '../../../lib/wire/reply-receiver.ts';
import {
  ADMIN_HEADER_SIZE,
  AdminCommand,
  AdminField,
  decodeAdminMessage,
  encodeAdminReply,
  encodeAdminRequest,
  MAX_ADMIN_SIZE,
} from '../../../lib/wire/security/admin-message.ts';

const bodyOf = (proto: Buffer): Buffer => proto.subarray(PROTO_HEADER_SIZE);

t.test('the bytes of a login', async (t) => {
  const login = encodeAdminRequest(
    AdminCommand.LOGIN,
    new Map([
      [AdminField.USER, 'ann'],
      [AdminField.CREDENTIAL, 'xy'],
    ]),
  );
  t.equal(
    login.toString('hex'),
    `020200000000001f${'00001402'}${'00'.repeat(12)}` +
      `0000000400${Buffer.from('ann').toString('hex')}0000000303${Buffer.from('xy').toString('hex')}`,
  );
  t.equal(encodeAdminReply(62).toString('hex'), `0202000000000010${'003e0000'}${'00'.repeat(12)}`);
});

t.test('what was written is read again, both ways', async (t) => {
  const fields = fc.array(fc.tuple(fc.nat(255), fc.uint8Array({ maxLength: 40 })), {
    maxLength: 20,
  });
  const check = fc.property(fc.nat(255), fields, (word, entries) => {
    const sent = new Map(entries);
    const expected = new Map([...sent].map(([id, data]) => [id, Buffer.from(data)]));
    for (const [proto, facts] of [
      [encodeAdminRequest(word, sent), { result: 0, command: word }],
      [encodeAdminReply(word, sent), { result: word, command: 0 }],
    ] as const) {
      t.same(decodeProtoHeader(proto), { type: ProtoType.SECURITY, size: proto.length - 8 });
      t.strictSame(decodeAdminMessage(bodyOf(proto)), { ...facts, fields: expected });
    }
  });
  fc.assert(check, { numRuns: 50 });
});

const reply = encodeAdminReply(
  0,
  new Map<number, Buffer>([
    [AdminField.SESSION_TOKEN, Buffer.from('token')],
    [AdminField.SESSION_TTL, Buffer.of(0, 1, 0, 0)],
  ]),
);

t.test('at every split of the connection', async (t) => {
  for (let split = 1; split < reply.length; split++) {
    const bodies: Buffer[] = [];
    const receiver = new ReplyReceiver(
      ProtoType.SECURITY,
      (body) => bodies.push(body),
      (error) => t.fail(error.message),
      () => {},
    );
    for (const part of [reply.subarray(0, split), reply.subarray(split)]) {
      receiver.space().set(part);
      receiver.received(part.length);
    }
    const { fields } = decodeAdminMessage(bodies[0]!);
    t.equal(fields.get(AdminField.SESSION_TOKEN)?.toString(), 'token');
    t.equal(fields.get(AdminField.SESSION_TTL)?.readUInt32BE(), 65_536);
  }
});

t.test('what is cut off, or too much', async (t) => {
  const body = bodyOf(reply);
  for (let size = 0; size < body.length; size++) {
    t.throws(() => decodeAdminMessage(body.subarray(0, size)), { code: 'PROTOCOL' }, `${size}`);
  }
  const empty = Buffer.concat([body.subarray(0, ADMIN_HEADER_SIZE), Buffer.alloc(10)]);
  t.throws(() => decodeAdminMessage(empty), { code: 'PROTOCOL' }, 'a field without an id');
  t.throws(() => decodeAdminMessage(Buffer.concat([body, Buffer.of(0)])), {
    code: 'PROTOCOL',
    facts: { offset: body.length },
  });
  t.throws(() => decodeAdminMessage(Buffer.alloc(MAX_ADMIN_SIZE + 1)), { code: 'LIMIT' });
});

t.test('of two fields with one id the first counts', async (t) => {
  const first = bodyOf(encodeAdminRequest(0, new Map([[AdminField.USER, 'ann']])));
  const second = bodyOf(encodeAdminRequest(0, new Map([[AdminField.USER, 'bob']])));
  const both = Buffer.concat([first, second.subarray(ADMIN_HEADER_SIZE)]);
  both[3] = 2;
  t.equal(decodeAdminMessage(both).fields.get(AdminField.USER)?.toString(), 'ann');
});

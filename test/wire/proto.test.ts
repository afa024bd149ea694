import t from 'tap';
import { MAX_MESSAGE_SIZE } from '../../lib/record/layout.ts';
import { decodeProtoHeader, encodeProto, ProtoType } from '../../lib/wire/proto.ts';

const proto = encodeProto(ProtoType.MESSAGE, Buffer.from('body'));
t.equal(proto.toString('hex'), `0203000000000004${Buffer.from('body').toString('hex')}`);
t.strictSame(decodeProtoHeader(proto), { type: 3, size: 4 });
t.strictSame(decodeProtoHeader(Buffer.concat([Buffer.of(9), proto]), 1), { type: 3, size: 4 });
t.throws(() => decodeProtoHeader(Buffer.from('0103000000000004', 'hex')), { code: 'PROTOCOL' });

const sized = (size: number): Buffer => {
  const header = Buffer.from('0203000000000000', 'hex');
  header.writeUIntBE(size, 2, 6);
  return header;
};
t.equal(decodeProtoHeader(sized(MAX_MESSAGE_SIZE)).size, MAX_MESSAGE_SIZE);
t.throws(() => decodeProtoHeader(sized(MAX_MESSAGE_SIZE + 1)), { code: 'LIMIT' });
t.throws(() => decodeProtoHeader(sized(2 ** 48 - 1)), { code: 'LIMIT' });

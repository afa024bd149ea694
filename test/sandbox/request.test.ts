import fc from 'fast-check';
import t from 'tap';
import { AsbError } from '../../lib/errors.ts';
import { Field, Op } from '../../lib/record/layout.ts';
import { MessageWriter } from '../../lib/record/message-writer.ts';
import { parseRequest } from '../../lib/sandbox/request.ts';

const message = (): Buffer => {
  const writer = new MessageWriter();
  writer.begin({ info1: 1, info2: 2, info3: 4, generation: 5, recordTtl: 6, transactionTtl: 7 });
  writer.field(Field.NAMESPACE, Buffer.from('test'));
  writer.field(Field.DIGEST, Buffer.alloc(20, 9));
  writer.op(Op.WRITE, 3, Buffer.from('bin'), Buffer.from('value'));
  writer.op(Op.TOUCH, 0, Buffer.alloc(0));
  writer.end();
  return writer.take();
};

t.test('a request is read whole, into memory of its own', async (t) => {
  const bytes = message();
  const request = parseRequest(bytes);
  bytes.fill(0);
  t.strictSame(
    { ...request, fields: [...request.fields] },
    {
      info1: 1,
      info2: 2,
      info3: 4,
      generation: 5,
      recordTtl: 6,
      transactionTtl: 7,
      fields: [
        [Field.NAMESPACE, Buffer.from('test')],
        [Field.DIGEST, Buffer.alloc(20, 9)],
      ],
      ops: [
        { code: Op.WRITE, particleType: 3, name: Buffer.from('bin'), value: Buffer.from('value') },
        { code: Op.TOUCH, particleType: 0, name: Buffer.alloc(0), value: Buffer.alloc(0) },
      ],
    },
  );
});

t.test('a request that is cut off anywhere is refused', async (t) => {
  const bytes = message();
  for (let size = 0; size < bytes.length; size++) {
    t.throws(() => parseRequest(bytes.subarray(0, size)), { code: 'PROTOCOL' });
  }
});

t.test('sizes that lie are refused', async (t) => {
  const bytes = message();
  bytes.writeUInt32BE(0, 22);
  t.throws(() => parseRequest(bytes), { code: 'PROTOCOL' });
  const op = message();
  op[op.length - 1] = 200;
  t.throws(() => parseRequest(op), { code: 'PROTOCOL' });
});

t.test('no bytes do more harm than an error', async () => {
  const bytes = message();
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, byte) => {
      const changed = Buffer.from(bytes);
      changed[at] = byte;
      try {
        parseRequest(changed);
      } catch (error) {
        return error instanceof AsbError && error.code === 'PROTOCOL';
      }
      return true;
    }),
  );
});

import t from 'tap';
import { MessageWriter } from '../../lib/record/message-writer.ts';

const hex = (writer: MessageWriter): string => writer.take().toString('hex');

t.test('an empty message is a header', async (t) => {
  const writer = new MessageWriter();
  t.equal(writer.begin(), 0);
  t.equal(writer.end(), 22);
  t.equal(writer.length, 22);
  t.equal(hex(writer), `16${'00'.repeat(21)}`);
  t.equal(writer.length, 0);
});

t.test('header, fields and ops stand where layout.ts says', async (t) => {
  const writer = new MessageWriter(1); // too small on purpose: it grows
  writer.begin({
    info1: 1,
    info2: 2,
    info3: 3,
    resultCode: 4,
    generation: 0x01020304,
    recordTtl: 0xfffffffe,
    transactionTtl: 7,
  });
  writer.field(4, Buffer.from('ab'));
  writer.keyField(2, 3, Buffer.from('key'));
  writer.op(1, 3, Buffer.from('bin'), Buffer.from('xy'));
  writer.op(2, 0, Buffer.from('n'));
  writer.end();
  t.equal(
    hex(writer),
    [
      '16 01 02 03 00 04 01020304 fffffffe 00000007 0002 0002',
      '00000003 04 6162',
      '00000005 02 03 6b6579',
      '00000009 01 03 00 03 62696e 7879',
      '00000005 02 00 00 01 6e',
    ]
      .join('')
      .replaceAll(' ', ''),
  );
});

t.test('messages stand back to back, and begin gives where', async (t) => {
  const writer = new MessageWriter();
  const first = writer.begin();
  const firstEnd = writer.end();
  const second = writer.begin({ generation: 5 });
  writer.field(1, Buffer.from('s'));
  const secondEnd = writer.end();
  t.same([first, firstEnd, second, secondEnd], [0, 22, 22, 50]);
  const bytes = writer.take();
  t.equal(bytes.length, 50);
  t.equal(bytes.readUInt16BE(18), 0, 'the first has no field');
  t.equal(bytes.readUInt16BE(22 + 18), 1);
});

t.test('what was taken is not written to again', async (t) => {
  const writer = new MessageWriter();
  writer.begin({ generation: 1 });
  writer.end();
  const taken = writer.take();
  const before = taken.toString('hex');
  writer.begin({ generation: 2 });
  writer.end();
  t.equal(taken.toString('hex'), before);
});

import t from 'tap';
import { BatchOutput } from '../../lib/asb/batch-output.ts';
import { RecordParser, SLACK } from '../../lib/asb/record-parser.ts';
import { RECORDS } from '../helpers/asb-text.ts';

const [FIRST = Buffer.alloc(0)] = RECORDS;

/** A parser of a text that is the first record, `count` times. */
const parserOf = (count: number) => {
  const text = Buffer.concat([...Array<Buffer>(count).fill(FIRST), Buffer.alloc(SLACK)]);
  const records = new RecordParser(true);
  records.from(text, text.length - SLACK);
  return { records, end: text.length - SLACK };
};

t.test('gathers records until they are taken', async (t) => {
  const { records, end } = parserOf(3000);
  const output = new BatchOutput(false);
  t.equal(output.take(), undefined);
  for (let at = 0; at < end; ) at = output.read(records, at, end);
  const batch = output.take();
  t.equal(batch?.length, 3000);
  t.strictSame(batch?.at(2999)?.digest, batch?.at(0)?.digest);
  t.equal(output.take(), undefined);
});

t.test('memory that held nothing, or was released, is used again', async (t) => {
  const { records, end } = parserOf(1);
  const output = new BatchOutput(true);
  t.throws(() => output.read(records, end, end), 'there is no record');
  t.equal(output.take(), undefined);
  output.read(records, 0, end);
  const one = output.take();
  one?.release();
  output.read(records, 0, end);
  const other = output.take();
  t.equal(other?.bytes, one?.bytes);
  output.read(records, 0, end);
  t.not(output.take()?.bytes, other?.bytes, 'but not before');
});

import t from 'tap';
import { MAX_PAYLOAD_SIZE, MAX_UNIT_SIZE } from '../../lib/asb/grammar.ts';
import { UnitScanner } from '../../lib/asb/unit-scanner.ts';
import { WholeUnits } from '../../lib/asb/whole-units.ts';
import { BufferPool, giveBack } from '../../lib/memory/buffer-pool.ts';
import { HEADER, RECORDS, splits, TEXT, UNIT_ENDS } from '../helpers/asb-text.ts';

const unitsOf = (pool = new BufferPool(64, 4)) => new WholeUnits(new UnitScanner(), pool);

t.test('whole units come out of text that is cut anywhere', async (t) => {
  const ends = new Set(UNIT_ENDS);
  for (const chunks of splits(TEXT)) {
    const units = unitsOf();
    const out: string[] = [];
    let at = 0;
    const take = (text: Buffer | undefined): void => {
      if (text === undefined) return;
      at += text.length;
      if (!ends.has(at)) t.fail(`${at} is no unit's end`);
      out.push(text.toString('latin1'));
      giveBack(text);
    };
    for (const chunk of chunks) {
      const own = Buffer.from(chunk);
      take(units.push(own));
      own.fill(0); // its memory is used for something else
    }
    take(units.end());
    if (out.join('') !== TEXT.toString('latin1')) t.fail(`cut at ${chunks[0]?.length}`);
  }
});

t.test('memory that is given back is used again', async (t) => {
  const units = unitsOf(new BufferPool(4096, 1));
  const memory = new Set<ArrayBufferLike>();
  units.push(HEADER);
  for (let times = 0; times < 5; times++) {
    const whole = units.push(RECORDS[0]!)!;
    memory.add(whole.buffer);
    giveBack(whole);
  }
  t.equal(memory.size, 1);
});

t.test('a header alone comes at the end', async (t) => {
  const units = unitsOf();
  t.equal(units.push(HEADER), undefined);
  t.same(units.end(), HEADER);
});

t.test('what is wrong', async (t) => {
  t.throws(() => unitsOf().push(Buffer.from('hello')), { code: 'FORMAT' });
  t.throws(() => unitsOf().end(), { code: 'TRUNCATED' });
  const cut = unitsOf();
  cut.push(TEXT.subarray(0, -1));
  t.throws(() => cut.end(), { code: 'TRUNCATED' });
});

t.test('a unit of more than the limit', async (t) => {
  const units = unitsOf();
  units.push(HEADER);
  const first = Buffer.alloc(MAX_UNIT_SIZE - MAX_PAYLOAD_SIZE, 'x');
  units.push(Buffer.from(`${RECORDS[0]}`.replace('+ b 0\n', `+ b 2\n- S a ${first.length} `)));
  units.push(first);
  units.push(Buffer.from(`\n- S b ${MAX_PAYLOAD_SIZE} `));
  const part = Buffer.alloc(MAX_PAYLOAD_SIZE / 4);
  t.throws(
    () => {
      for (let times = 0; times < 4; times++) units.push(part);
    },
    { code: 'LIMIT', facts: { offset: 0 } },
  );
});

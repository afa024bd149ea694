/** What one wrong byte can do: be refused at a place, or change a value; nothing else. */
import t from 'tap';
import { MAX_BASE64_LENGTH } from '../../lib/asb/grammar.ts';
import { Parser } from '../../lib/asb/parser.ts';
import { disagreement, sameReading } from '../helpers/agreement.ts';
import { HEADER, TEXT } from '../helpers/asb-text.ts';
import { parse } from '../helpers/parsed.ts';

/** Bytes that mean something somewhere, and some that never do. */
const BYTES = Buffer.from(' \n\\+-*!0159ANSkB=\0\xff', 'latin1');

const changed = (at: number, byte: number): Buffer => {
  const text = Buffer.from(TEXT);
  text[at] = byte;
  return text;
};

t.test('every byte changed to others: both readers stay in order and agree', async (t) => {
  for (let at = 0; at < TEXT.length; at++) {
    for (const byte of [...BYTES, TEXT[at]! ^ 1, TEXT[at]! ^ 0x20, TEXT[at]! ^ 0x80]) {
      const fault = disagreement(changed(at, byte));
      if (fault !== undefined) t.fail(`byte ${at} as ${byte}: ${fault}`);
    }
  }
});

t.test('every byte left out, and every byte twice', async (t) => {
  for (let at = 0; at < TEXT.length; at++) {
    for (const next of [at + 1, at]) {
      const text = Buffer.concat([TEXT.subarray(0, at + 1 - (next - at)), TEXT.subarray(next)]);
      const fault = disagreement(text);
      if (fault !== undefined) t.fail(`byte ${at}: ${fault}`);
    }
  }
});

t.test('salvage goes on behind any changed byte', async (t) => {
  for (let at = 0; at < TEXT.length; at += 3) {
    const text = changed(at, 0);
    const gaps: { offset: number; length: number }[] = [];
    const salvaged = parse([text], { salvage: true, onGap: (gap) => gaps.push(gap) });
    if (!sameReading(salvaged, parse([text], { salvage: true }))) t.fail(`byte ${at}: untold`);
    const strict = parse([text]);
    let end = 0;
    for (const { offset, length } of gaps) {
      if (offset < end || length <= 0) t.fail(`byte ${at}: a gap of ${length} at ${offset}`);
      end = offset + length;
    }
    if (end > text.length) t.fail(`byte ${at}: a gap up to ${end}`);
    if (salvaged.error !== undefined) t.fail(`byte ${at}: ${String(salvaged.error)}`);
    if ((strict.error === undefined) !== (gaps.length === 0)) t.fail(`byte ${at}: gaps`);
    if (salvaged.items.length < strict.items.length) t.fail(`byte ${at}: less than without`);
  }
});

for (const salvage of [false, true]) {
  t.test(`a size that lies takes no memory${salvage ? ', to salvage neither' : ''}`, async (t) => {
    const record = '+ n test\n+ d AAECAwQFBgcICQoLDA0ODxAREhM=\n+ g 1\n+ t 0\n';
    for (const text of [
      '+ k S 201326592 ',
      '+ k B 201326592 AAAA',
      '* u L m 201326592 x',
      `${record}+ b 65535\n`,
      `${record}+ b 1\n- S a 201326592 x`,
      `${record}+ b 1\n- M! a 201326592 x`,
    ]) {
      const before = process.memoryUsage().arrayBuffers;
      const parser = new Parser({ salvage });
      t.same(parser.push(Buffer.concat([HEADER, Buffer.from(text)])), []);
      const held = process.memoryUsage().arrayBuffers - before;
      t.ok(held < 4 * 1024 * 1024, `${held} bytes for ${text.slice(-30)}`);
      t.equal(parser.info.records, 0);
    }
  });
}

t.test('what never ends is refused early', async (t) => {
  const digits = '7'.repeat(100_000);
  const record = '+ n test\n+ d AAECAwQFBgcICQoLDA0ODxAREhM=\n+ g 1\n+ t 0\n+ b 1\n';
  for (const text of [
    `+ k I ${digits}`,
    `+ k D ${digits}`,
    `+ k S ${digits}`,
    `+ n ${digits}`,
    `+ n test\n+ d ${digits}`,
    `+ n test\n+ d AAECAwQFBgcICQoLDA0ODxAREhM=\n+ g ${digits}`,
    `${record}- I a ${digits}`,
    `${record}- D a ${digits}`,
    `${record}- S a ${digits}`,
    `${record}- S ${digits}`,
    `* i test ${digits}`,
    `* i test s ${digits}`,
    `* u L m ${digits}`,
    // A large item is looked at again when half as much has come.
    `* i test s i N 1 b N ${'7'.repeat(1.5 * MAX_BASE64_LENGTH + 100)}`,
  ]) {
    const parser = new Parser();
    const push = () => {
      parser.push(Buffer.concat([HEADER, Buffer.from(text)]));
      parser.push(Buffer.from('7'));
    };
    t.throws(push, { code: 'FORMAT' }, text.slice(0, 90));
  }
});

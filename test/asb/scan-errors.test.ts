import t from 'tap';
import { Step } from '../../lib/asb/grammar.ts';
import { cutOff, unexpectedByte, upstreamFailed } from '../../lib/asb/scan-errors.ts';

const place = { line: 7, offset: 300 };

for (const [error, code, message] of [
  [unexpectedByte(0x41, 0x0a, place), 'FORMAT', /line 7, byte 300: "A"; expected "\\n"/],
  [unexpectedByte(0x55, Step.BIN_TYPE, place), 'FORMAT', /LDT/],
  [unexpectedByte(0x55, Step.KEY, place), 'FORMAT', /"U"; expected one of I D S B X/],
  [upstreamFailed(Buffer.from('no space'), place), 'TRUNCATED', /no space/],
  [cutOff(undefined, place), 'TRUNCATED', /the header/],
  [cutOff(undefined, { line: 1, offset: 0 }), 'TRUNCATED', /no input/],
] as const) {
  t.test(`says ${message}`, async (t) => {
    t.match(error, { code, message });
    t.match(error.facts, error.message.startsWith('no input') ? { offset: 0 } : place);
  });
}

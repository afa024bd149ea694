import t from 'tap';
import { ResultCode } from '../../../lib/wire/result-code.ts';
import {
  type WriteResult,
  writeAdvice,
  writeResultOf,
} from '../../../lib/wire/write/write-result.ts';

const range = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

/** Every other code may pass. */
const CODES: Readonly<Record<Exclude<WriteResult, 'passing'>, readonly number[]>> = {
  written: [0],
  fresher: [3],
  existed: [5],
  record: [1, 2, 12, 13, 17, 19, 21, 22, 160],
  permanent: [4, 8, 16, 20, 25, 27, ...range(50, 89), 150, 151, ...range(200, 206)],
};

t.test('every code', async (t) => {
  for (let code = 0; code < 256; code++) {
    const [wanted] = Object.entries(CODES).find(([, codes]) => codes.includes(code)) ?? ['passing'];
    if (writeResultOf(code) !== wanted) t.fail(`${code}: ${writeResultOf(code)}, not ${wanted}`);
  }
  for (const code of [7, 9, 11, 14, 18, 152]) t.equal(writeResultOf(code), 'passing');
});

t.test('advice is for those that end all', async (t) => {
  const advised = Object.values(ResultCode).filter((code) => writeAdvice(code) !== '');
  t.ok(advised.length > 5);
  for (const code of advised) t.match(writeResultOf(code), /^(record|permanent)$/);
  t.equal(writeAdvice(ResultCode.OK), '');
});

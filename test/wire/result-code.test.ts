import t from 'tap';
import { describeResult, isPassing, ResultCode } from '../../lib/wire/result-code.ts';

const passing = [9, 11, 14, 15, 18, 22];
for (let code = 0; code < 256; code++) {
  if (isPassing(code) !== passing.includes(code)) t.fail(`code ${code}`);
}
t.match(describeResult(ResultCode.NO_NAMESPACE), '20');
t.equal(describeResult(199), 'result code 199');
for (const code of Object.values(ResultCode)) t.match(describeResult(code), String(code));

import t from 'tap';
import { MAX_FAILURE_MESSAGE, TEXT_FAILURE_PREFIX, textFailure } from '../../lib/asb/failure.ts';
import { UnitScanner } from '../../lib/asb/unit-scanner.ts';
import { HEADER, RECORDS, splits } from '../helpers/asb-text.ts';

t.test('is one line without an end, and bounded', async (t) => {
  t.equal(textFailure('a\n b').toString(), `${TEXT_FAILURE_PREFIX}a b`);
  const longest = TEXT_FAILURE_PREFIX.length + MAX_FAILURE_MESSAGE;
  t.equal(textFailure('é'.repeat(MAX_FAILURE_MESSAGE)).length, longest);
});

for (const [place, before] of [
  ['in the place of the header', []],
  ['behind the header', [HEADER]],
  ['behind a record', [HEADER, RECORDS[0]!]],
] as const) {
  t.test(`is recognised ${place}, however it is cut`, async (t) => {
    for (const chunks of splits(Buffer.concat([...before, textFailure('line 7: no digest')]))) {
      const scanner = new UnitScanner();
      for (const chunk of chunks) scanner.push(chunk);
      t.throws(() => scanner.end(), { code: 'TRUNCATED', message: /line 7: no digest/ });
    }
  });
}

t.test('is recognised when something follows it', async (t) => {
  for (const after of ['\n', 'x'.repeat(MAX_FAILURE_MESSAGE)]) {
    const scanner = new UnitScanner();
    const text = Buffer.concat([textFailure('the disk is full'), Buffer.from(after)]);
    t.throws(() => scanner.push(text), { code: 'TRUNCATED', message: /the disk is full/ });
  }
});

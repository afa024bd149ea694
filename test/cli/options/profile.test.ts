import t from 'tap';
import { profile } from '../../../lib/cli/options/profile.ts';

t.test('where a profile goes', async (t) => {
  t.equal(profile.read(undefined), undefined);
  t.strictSame(profile.read(''), {});
  for (const [given, form] of [
    ['out.json', 'json'],
    ['a/b.html', 'html'],
  ] as const) {
    t.strictSame(profile.read(given), { file: { path: given, form } });
  }
  for (const given of ['out', 'out.txt', 'json', 'true', 's3://bucket/out.json']) {
    t.throws(() => profile.read(given), { code: 'USAGE' }, given);
  }
});

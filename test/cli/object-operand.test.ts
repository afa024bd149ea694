import t from 'tap';
import { Given } from '../../lib/cli/given.ts';
import { objectOf } from '../../lib/cli/object-operand.ts';

const given = (...operands: string[]): Given => new Given(new Map(), operands);

t.test('one URL', async (t) => {
  const url = 's3://vault/a/b.asb';
  t.strictSame(objectOf(given(url), 'cp'), { url, bucket: 'vault', key: 'a/b.asb' });
  for (const operands of [['b.asb'], ['s3://'], ['-'], []]) {
    t.throws(() => objectOf(given(...operands), 'cp copies'), { code: 'USAGE' }, `${operands}`);
  }
});

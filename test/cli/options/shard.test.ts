import t from 'tap';
import { Given } from '../../../lib/cli/given.ts';
import { shard, shardIn } from '../../../lib/cli/options/shard.ts';

t.test('what the command line says', async (t) => {
  const given = (text: string) => new Given(new Map([['shard', text]]));
  t.equal(shardIn(new Given(new Map()), { JOB_COMPLETION_INDEX: '1' }), undefined);
  t.strictSame(shardIn(given('2/4'), {}), { index: 2, count: 4 });
  const environment = { JOB_COMPLETION_INDEX: '1' };
  t.strictSame(shardIn(given('auto/4'), environment), { index: 2, count: 4 });
  t.throws(() => shardIn(given('auto'), {}), { code: 'USAGE' });
  t.throws(() => shardIn(given('5/4'), {}), { code: 'RANGE' });
});

t.test('what has another form is found before anything is looked at', async (t) => {
  for (const text of ['', '2', '/4', '2/4/6', 'auto/', 'Auto', ' 2/4', '-1/4']) {
    t.throws(() => shard.read(text), { code: 'USAGE' }, `"${text}"`);
  }
});

import t from 'tap';
import { Given } from '../../../lib/cli/given.ts';
import {
  checkEstimate,
  estimateOnly,
  estimateOptions,
  estimateSamples,
} from '../../../lib/cli/options/estimate.ts';
import { directory } from '../../../lib/cli/options/files.ts';

const givenOf = (values: Readonly<Record<string, string>>): Given =>
  new Given(new Map(Object.entries(values)));

t.test('what goes with an estimate', async (t) => {
  checkEstimate(givenOf({ estimate: '', 'estimate-samples': '7' }), [directory]);
  checkEstimate(givenOf({ directory: 'd' }), [directory]);
  for (const values of [{ estimate: '', directory: 'd' }, { 'estimate-samples': '7' }]) {
    t.throws(() => checkEstimate(givenOf(values), [directory]), { code: 'USAGE' });
  }
  t.equal(givenOf({}).value(estimateSamples), 10_000);
  t.throws(() => givenOf({ 'estimate-samples': '0' }).value(estimateSamples), { code: 'USAGE' });
  t.strictSame(estimateOptions, [estimateOnly, estimateSamples]);
});

import t from 'tap';
import { byteCounter } from '../../lib/jobs/byte-counter.ts';
import { Extent, noteExtent } from '../../lib/record/extent.ts';
import { through } from '../helpers/streams.ts';

const noted = Buffer.from('cde');
const extent = new Extent();
extent.udfs = 2;
noteExtent(noted, extent);
const counter = byteCounter();
const out = await through([Buffer.from('ab'), noted], counter);
t.equal(Buffer.concat(out).toString(), 'abcde');
t.match(counter.info, { bytes: 5, coverage: { udfs: 2, records: 0 } });

const failure = new Error('not ready');
const refused = byteCounter(async () => {
  throw failure;
});
await t.rejects(through([Buffer.from('ab')], refused), failure);

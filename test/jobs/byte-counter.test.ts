import t from 'tap';
import { byteCounter } from '../../lib/jobs/byte-counter.ts';
import { through } from '../helpers/streams.ts';

const counter = byteCounter();
const out = await through([Buffer.from('ab'), Buffer.from('cde')], counter);
t.equal(Buffer.concat(out).toString(), 'abcde');
t.strictSame(counter.info, { bytes: 5 });

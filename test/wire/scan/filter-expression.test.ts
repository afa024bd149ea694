import t from 'tap';
import { decodeMsgpack } from '../../../lib/record/msgpack.ts';
import {
  allOf,
  anyOf,
  lastUpdateBefore,
  lastUpdateFrom,
  neverExpires,
  setIs,
} from '../../../lib/wire/scan/filter-expression.ts';

// 0xa6: a string of 6 bytes: the particle type 3, then the name.
t.equal(Buffer.from(setIs('users')).toString('hex'), '93019146a6037573657273');
t.strictSame(decodeMsgpack(anyOf([setIs('a'), setIs('b')])), [17, [1, [70], 'a'], [1, [70], 'b']]);
t.strictSame(decodeMsgpack(allOf([anyOf([setIs('a'), setIs('b')]), setIs('ü')])), [
  16,
  [17, [1, [70], 'a'], [1, [70], 'b']],
  [1, [70], 'ü'],
]);

// Times as the server reads them: nanoseconds, which need 64 bits.
t.equal(Buffer.from(lastUpdateFrom(2n ** 60n + 1n)).toString('hex'), '93049142cf1000000000000001');
t.strictSame(decodeMsgpack(lastUpdateFrom(0n)), [4, [66], 0]);
t.strictSame(decodeMsgpack(lastUpdateBefore(1_700_000_000_123_456_789n)), [
  5,
  [66],
  1_700_000_000_123_456_789n,
]);
t.strictSame(decodeMsgpack(neverExpires()), [1, [68], -1]);

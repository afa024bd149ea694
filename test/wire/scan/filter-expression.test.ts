import t from 'tap';
import { decodeMsgpack } from '../../../lib/record/msgpack.ts';
import { allOf, anyOf, setIs } from '../../../lib/wire/scan/filter-expression.ts';

// 0xa6: a string of 6 bytes: the particle type 3, then the name.
t.equal(Buffer.from(setIs('users')).toString('hex'), '93019146a6037573657273');
t.strictSame(decodeMsgpack(anyOf([setIs('a'), setIs('b')])), [17, [1, [70], 'a'], [1, [70], 'b']]);
t.strictSame(decodeMsgpack(allOf([anyOf([setIs('a'), setIs('b')]), setIs('ü')])), [
  16,
  [17, [1, [70], 'a'], [1, [70], 'b']],
  [1, [70], 'ü'],
]);

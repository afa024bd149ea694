import t from 'tap';
import { JsonOutput } from '../../lib/ndjson/json-output.ts';
import { MAX_PLAIN_NESTING } from '../../lib/ndjson/limits.ts';
import { MsgpackToJson } from '../../lib/ndjson/msgpack-to-json.ts';
import { ParticleType } from '../../lib/record/particle.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

const out = new JsonOutput();
const converter = new MsgpackToJson(out);

/** The JSON of the particle, which stands in the middle of other bytes; false if it is refused. */
const jsonOf = (bytes: Buffer, type: number): string | false => {
  const around = Buffer.concat([hex('c7 00 01'), bytes, hex('c0 c0 01')]);
  const written = converter.write(around, 3, 3 + bytes.length, type);
  out.endLine();
  const json = Buffer.concat(out.take()).toString();
  return written ? json : json === '' && false;
};

const { LIST, MAP } = ParticleType;

t.test('items', async (t) => {
  const rows: readonly (readonly [string, string])[] = [
    ['c0', 'null'],
    ['c2', 'false'],
    ['c3', 'true'],
    ['07', '7'],
    ['d0df', '-33'],
    ['cf0020000000000000', '{"$int":"9007199254740992"}'],
    ['cfffffffffffffffff', '{"$int":"18446744073709551615"}'],
    ['d38000000000000000', '{"$int":"-9223372036854775808"}'],
    ['cb3fe0000000000000', '0.5'],
    ['cb4014000000000000', '{"$double":"5"}'],
    ['cb7ff8000000000001', '{"$double":"0x7ff8000000000001"}'],
    ['a20361', '"a"'],
    ['a103', '""'],
    ['a3036122', '"a\\""'],
    ['a203ff', '{"$string":"/w=="}'],
    ['a204ff', '{"$blob":"/w=="}'],
    ['a207ff', '{"$java":"/w=="}'],
    ['a212ff', '{"$hll":"/w=="}'],
    ['a3177b7d', '{"$geojson":"{}"}'],
    ['a217ff', '{"$msgpack":"ohf/"}'],
    ['a20161', '{"$msgpack":"ogFh"}'],
    ['a0', '{"$msgpack":"oA=="}'],
    ['d9020361', '{"$msgpack":"2QIDYQ=="}'],
    ['c4020361', '{"$msgpack":"xAIDYQ=="}'],
    ['cc07', '{"$msgpack":"zAc="}'],
    ['d30000000000000007', '{"$msgpack":"0wAAAAAAAAAH"}'],
    ['d37fffffffffffffff', '{"$msgpack":"03//////////"}'],
    ['ca3fc00000', '{"$msgpack":"yj/AAAA="}'],
    ['d40102', '{"$msgpack":"1AEC"}'],
    ['90', '[]'],
    ['920102', '[1,2]'],
    ['dc000105', '{"$msgpack":"3AABBQ=="}'],
    ['92c7000105', '{"$list":{"flags":1,"items":[5]}}'],
    ['91c70001', '{"$list":{"flags":1,"items":[]}}'],
    ['91c70000', '[{"$msgpack":"xwAA"}]'],
    ['91c70101aa', '[{"$msgpack":"xwEBqg=="}]'],
    ['80', '{}'],
    ['82 a20361 01 a20362 02', '{"a":1,"b":2}'],
    ['81 a803 6b65795f c3a9 21 01', '{"key_é!":1}'],
    ['82 c70001c0 a20361 01', '{"$map":{"flags":1,"entries":{"a":1}}}'],
    ['82 c70001c0 01 02', '{"$map":{"flags":1,"entries":[[1,2]]}}'],
    ['81 c70001c0', '{"$map":{"flags":1,"entries":{}}}'],
    ['81 c7000105', '{"$map":[[{"$msgpack":"xwAB"},5]]}'],
    ['82 01 02 a20361 03', '{"$map":[[1,2],["a",3]]}'],
    ['82 a20361 01 a20361 02', '{"$map":[["a",1],["a",2]]}'],
    ['81 a20324 01', '{"$map":[["$",1]]}'],
    ['82 a20361 01 a20331 02', '{"$map":[["a",1],["1",2]]}'],
    ['82 a20331 01 a20361 02', '{"1":1,"a":2}'],
    ['81 a203ff 01', '{"$map":[[{"$string":"/w=="},1]]}'],
    ['81 d9020361 01', '{"$map":[[{"$msgpack":"2QIDYQ=="},1]]}'],
    ['81 a20461 01', '{"$map":[[{"$blob":"YQ=="},1]]}'],
    ['81 a0 01', '{"$map":[[{"$msgpack":"oA=="},1]]}'],
    ['81 a20361 81 01 90', '{"a":{"$map":[[1,[]]]}}'],
    ['de0001 a20361 01', '{"$msgpack":"3gABogNhAQ=="}'],
  ];
  for (const [text, json] of rows) {
    t.equal(jsonOf(Buffer.concat([hex('91'), hex(text)]), LIST), `[${json}]`, text);
  }
  t.equal(jsonOf(hex('81 a20361 01'), MAP), '{"a":1}');
});

t.test('deep nesting is kept as msgpack', async (t) => {
  const nested = (depth: number): Buffer =>
    Buffer.concat([Buffer.alloc(depth, 0x91), Buffer.of(1)]);
  const plain = `${'['.repeat(MAX_PLAIN_NESTING)}1${']'.repeat(MAX_PLAIN_NESTING)}`;
  t.equal(jsonOf(nested(MAX_PLAIN_NESTING), LIST), plain);
  const deeper = jsonOf(nested(MAX_PLAIN_NESTING + 2), LIST);
  t.match(deeper, '[{"$msgpack":"kZEB"}]');
});

t.test('what is not exactly one item of the type is refused, and nothing is written', async (t) => {
  const rows: readonly (readonly [string, number])[] = [
    ['', LIST],
    ['91', LIST],
    ['92 01', LIST],
    ['92 01 c1', LIST],
    ['90 90', LIST],
    ['80', LIST],
    ['90', MAP],
    ['01', MAP],
    ['81 c70001', MAP],
    ['91 c700', LIST],
    ['82 a20361 01 c1 01', MAP],
  ];
  for (const [text, type] of rows) t.equal(jsonOf(hex(text), type), false, text);
});

t.test('an error that is not about the bytes is not taken for one', async (t) => {
  class Full extends JsonOutput {
    override byte(): never {
      throw new RangeError('no memory');
    }
  }
  const converter = new MsgpackToJson(new Full());
  t.throws(() => converter.write(hex('9101'), 0, 2, LIST), RangeError);
});

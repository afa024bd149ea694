import t from 'tap';
import { DiffJson } from '../../lib/cli/diff-json.ts';
import type { Difference } from '../../lib/jobs/diff.ts';
import type { PlainRecord } from '../../lib/record/builder.ts';
import { ParticleType } from '../../lib/record/particle.ts';
import { Double } from '../../lib/record/values.ts';
import { differenceOf } from '../helpers/differences.ts';
import { indexOf, udfOf } from '../helpers/text-of.ts';

const json = new DiffJson();
const read = (difference: Difference): unknown => JSON.parse(json.of(difference));
const digest = Buffer.alloc(20);
const DIGEST = 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=';

t.test('records on one side have all that they have', async (t) => {
  const record: PlainRecord = { digest, set: 'people', key: 'ada', voidTime: 7, bins: { a: [1] } };
  const head = { set: 'people', key: 'ada', digest: DIGEST };
  t.strictSame(read(differenceOf(record, undefined)), {
    kind: 'removed',
    ...head,
    generation: { before: 1 },
    voidTime: { before: 7 },
    bins: { a: { before: [1] } },
  });
  t.strictSame(read(differenceOf(undefined, record)), {
    kind: 'added',
    ...head,
    generation: { after: 1 },
    voidTime: { after: 7 },
    bins: { a: { after: [1] } },
  });
});

t.test('changed records have what has changed', async (t) => {
  const before = { digest, bins: { a: 1, same: 1 } };
  const after = {
    digest,
    set: 'people',
    key: 1,
    generation: 2,
    bins: { a: new Double(1), same: 1 },
  };
  t.equal(
    json.of(differenceOf(before, after)),
    `{"kind":"changed","set":"people","key":1,"digest":"${DIGEST}","setChange":{"after":"people"},` +
      '"keyChange":{"after":1},"generation":{"before":1,"after":2},"bins":{"a":{"before":1,"after":{"$double":"1"}}}}',
  );
});

t.test('names of any bytes', async (t) => {
  const set = Buffer.of(0xff);
  const bins = new Map([
    ['$a', 1],
    ['b"', 2],
  ]);
  t.strictSame(read(differenceOf({ digest, set, bins }, undefined)), {
    kind: 'removed',
    set: { $string: '/w==' },
    digest: DIGEST,
    generation: { before: 1 },
    voidTime: { before: 0 },
    bins: { '$base64:JGE=': { before: 1 }, 'b"': { before: 2 } },
  });
  const odd = differenceOf({ digest, bins: {} }, undefined);
  const bin = {
    nameBytes: set,
    type: ParticleType.BOOLEAN,
    bytes: Buffer.of(1),
    name: '',
    value: true,
  };
  t.match(read({ ...odd, bins: [{ name: set, before: bin, after: undefined }] }), {
    bins: { '$base64:/w==': { before: true } },
  });
});

t.test('indexes and UDF modules', async (t) => {
  const index = { set: 'people', name: 'i', collection: 'default', type: 'numeric', bin: 'age' };
  const rows: readonly (readonly [Difference, unknown])[] = [
    [
      { what: 'global', kind: 'changed', before: indexOf('i'), after: indexOf('i', { bin: 'b' }) },
      { kind: 'changed', index: { before: index, after: { ...index, bin: 'b' } } },
    ],
    [
      { what: 'global', kind: 'removed', before: udfOf('m'), after: undefined },
      { kind: 'removed', udf: { before: { name: 'm', language: 'LUA', content: 'return 1' } } },
    ],
    [
      { what: 'global', kind: 'added', before: undefined, after: indexOf('i') },
      { kind: 'added', index: { after: index } },
    ],
  ];
  for (const [difference, wanted] of rows) t.strictSame(read(difference), wanted);
});

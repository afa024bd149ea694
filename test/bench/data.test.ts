import { createHash } from 'node:crypto';
import fc from 'fast-check';
import t from 'tap';
import { generateRecords } from '../../lib/bench/data.ts';
import {
  BIN_TYPES,
  type DataOptions,
  KEY_TYPES,
  MAX_GENERATED_RECORD,
} from '../../lib/bench/data-options.ts';
import { PARTICLE_NAMES } from '../../lib/record/particle.ts';
import type { AsbRecord } from '../../lib/record/record.ts';

const recordsOf = (options: DataOptions): AsbRecord[] =>
  [...generateRecords(options)].flatMap((batch) => [...batch]);

const sumOf = (options: DataOptions): string => {
  const hash = createHash('sha256');
  for (const { bytes } of generateRecords(options)) hash.update(bytes);
  return hash.digest('hex');
};

/** `i:integer s:string`, in order. */
const shapeOf = (record: AsbRecord): string =>
  [...record.binList()].map(({ name, type }) => `${name}:${PARTICLE_NAMES.get(type)}`).join(' ');

t.test('the same options, the same bytes', async (t) => {
  const all = { records: 500, binTypes: BIN_TYPES, sets: 3, keyType: 'string' } as const;
  t.equal(sumOf(all), sumOf({ ...all, seed: 1 }));
  t.not(sumOf(all), sumOf({ ...all, seed: 2 }));
  // On every machine.
  t.equal(
    sumOf({ records: 1000 }),
    '1b3de659589b4c71918515c02ca4789668f9bf57609aca65adeb18b19d215314',
  );
});

t.test('the record of all benchmarks, if nothing else is said', async (t) => {
  const [record] = recordsOf({ records: 3 });
  t.equal(shapeOf(record!), 'i:integer d:double s:string l:list m:map');
  t.equal(record!.bins.get('s')?.bytes.length, 62);
  t.match(record, { namespace: 'bench', set: 'bench', generation: 1, voidTime: 0 });
  const [batch, ...more] = generateRecords();
  t.ok(more.length > 10);
  t.equal(
    [batch!, ...more].reduce((sum, { length }) => sum + length, 0),
    200_000,
  );
  for (const { bytes } of more) t.ok(bytes.length < 513 * 1024);
});

t.test('bins of every type, in turn', async (t) => {
  const [record] = recordsOf({ records: 1, binTypes: BIN_TYPES, bins: 10, blobSize: 7 });
  t.equal(
    shapeOf(record!),
    'i:integer d:double s:string b:boolean x:blob l:list m:map g:geojson i2:integer d2:double',
  );
  t.equal(record!.bins.get('x')?.bytes.length, 7);
  t.match(
    String(record!.bins.get('g')?.value),
    /^\{"type":"Point","coordinates":\[[-\d.]+,[-\d.]+\]\}$/,
  );
  t.equal(shapeOf(recordsOf({ records: 1, bins: 0 })[0]!), '');
});

t.test('each key once, whatever their number, and with its digest', async () => {
  await fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 3000 }),
      fc.constantFrom(...KEY_TYPES),
      (records, keyType) => {
        const all = recordsOf({ records, keyType, bins: 0, sets: 2 });
        const digests = new Set(all.map(({ digest }) => digest.toString('hex')));
        const keys = new Set(all.map(({ key }) => String(key)));
        return digests.size === records && keys.size === (keyType === 'none' ? 1 : records);
      },
    ),
    { numRuns: 20 },
  );
});

t.test('sets', async (t) => {
  const setsOf = (sets: number): string[] =>
    [...new Set(recordsOf({ records: 300, bins: 0, sets }).map(({ set }) => set))].sort();
  t.strictSame(setsOf(1), ['bench']);
  t.strictSame(setsOf(3), ['bench0', 'bench1', 'bench2']);
});

t.test('a record is the same however many others there are', async (t) => {
  const bytesOf = (records: number): string =>
    recordsOf({ records })
      .find(({ key }) => key === 5)!
      .bins.get('s')!
      .bytes.toString();
  t.equal(bytesOf(6), bytesOf(600));
});

t.test('what is out of range', async (t) => {
  const rows: readonly DataOptions[] = [
    { records: 0 },
    { records: 1.5 },
    { records: 1_000_000_001 },
    { bins: -1 },
    { bins: 1001 },
    { binTypes: [] },
    { stringSize: -1 },
    { blobSize: MAX_GENERATED_RECORD + 1 },
    { sets: 0 },
    { sets: 1001 },
    { seed: -1 },
    { seed: 2 ** 32 },
    { binTypes: ['string', 'blob'], bins: 4, stringSize: 3_000_000, blobSize: 3_000_000 },
  ];
  for (const options of rows) {
    t.throws(() => generateRecords(options), { code: 'RANGE' }, JSON.stringify(options));
  }
});

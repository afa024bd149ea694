/**
 * Operations through the official client, with results that a real server gave: the sandbox is
 * held to them. Run it with `AEROSPIKE_HOSTS=host:port` to hold a real server to the same.
 */
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import Aerospike, { type AerospikeBins, type KeyOptions } from 'aerospike';
import t from 'tap';
import { computeDigest } from '../../lib/record/digest.ts';
import { Field, Info2, Op } from '../../lib/record/layout.ts';
import { ParticleType } from '../../lib/record/particle.ts';
import { scan as ours, type ScanOptions } from '../../lib/stages/scan.ts';
import { startTarget } from '../helpers/target.ts';
import { WireClient } from '../helpers/wire.ts';

const target = await startTarget({ ownThread: true, nodes: 2 });
const client = await Aerospike.connect({
  hosts: target.seeds.join(','),
  log: { level: Aerospike.log.OFF },
});
const wire = await WireClient.connect(target.seeds[0] ?? '');
const ns = target.namespace;
const SET = 'honest';
const { exists, gen, key: keyPolicy } = Aerospike.policy;
const { operations: op, ttl, exp } = Aerospike;

t.teardown(async () => {
  await client.truncate(ns, SET, 0);
  await client.truncate(ns, `${SET} two`, 0);
  client.close();
  wire.close();
  await target.close();
});

type Key = KeyOptions & { key: string };
const keyOf = (key: string, set = SET): Key => ({ ns, set, key });

/** Batches take no plain object for a key. */
const batchKey = (key: string) => new Aerospike.Key(ns, SET, key);

/** What a call gave: its value, or the code that it failed with. */
const outcome = async (call: Promise<unknown>): Promise<unknown> => {
  try {
    return await call;
  } catch (error) {
    return error instanceof Aerospike.AerospikeError ? `code ${error.code}` : error;
  }
};
/** As a list of steps: those that succeed without a result that matters give "ok". */
const ok = async (call: Promise<unknown>): Promise<unknown> => {
  const result = await outcome(call);
  return typeof result === 'string' && result.startsWith('code') ? result : 'ok';
};
const bins = async (key: Key): Promise<unknown> => {
  const result = await outcome(client.get(key));
  return result instanceof Aerospike.Record ? { ...result.bins } : result;
};
const generation = async (key: Key): Promise<unknown> => {
  const result = await outcome(client.get(key));
  return result instanceof Aerospike.Record ? result.gen : result;
};
const put = (key: Key, values: AerospikeBins, meta = {}, policy = {}) =>
  ok(client.put(key, values, meta, policy));

/** Asks until the answer is the one that is waited for: a real server truncates in its own time. */
const eventually = async <T>(ask: () => Promise<T>, wanted: T): Promise<T> => {
  for (let left = 500; left > 0; left--) if ((await ask()) === wanted) return wanted;
  return ask();
};

/** A scan's records, in the order of their bin `n`. */
const scan = async (
  set: string | undefined,
  policy: Record<string, unknown> = {},
  prepare: (scan: ReturnType<typeof client.scan>) => void = () => {},
): Promise<InstanceType<typeof Aerospike.Record>[]> => {
  const job = client.scan(ns, set);
  prepare(job);
  const found: InstanceType<typeof Aerospike.Record>[] = [];
  const stream = job.foreach(new Aerospike.ScanPolicy(policy));
  stream.on('data', (record) => found.push(record));
  await once(stream, 'end');
  return found.sort((a, b) => Number(a.bins.n) - Number(b.bins.n));
};
const numbers = (records: InstanceType<typeof Aerospike.Record>[]): unknown[] =>
  records.map((record) => record.bins.n);

/** Ten records in a set of their own, n = 0 to 9. */
const SCANNED = `${SET} two`;
for (let n = 0; n < 10; n++) {
  await client.put(keyOf(`${n}`, SCANNED), { n, even: n % 2 === 0, s: `s${n}` });
}

const ALL_TEN = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

const STORED_VALUES = [
  ...[0, 1, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, -1],
  ...[1.5, true, '', 'abc', Buffer.from('abc'), [], [1, 2, 3], { a: 1 }],
];

const longBin = 'sixteen bytes !!';

/** Each row works on a key of its own. Its results are in the order of its steps. */
const ROWS: Record<string, [(key: Key) => Promise<unknown>[] | Promise<unknown[]>, unknown[]]> = {
  'put and get': [
    async (k) => [await put(k, { a: 1, b: 'x' }), await bins(k), await generation(k)],
    ['ok', { a: 1, b: 'x' }, 1],
  ],
  'put merges bins': [
    async (k) => [await put(k, { a: 1 }), await put(k, { b: 2 }), await bins(k)],
    ['ok', 'ok', { a: 1, b: 2 }],
  ],
  'put of null deletes a bin': [
    async (k) => [await put(k, { a: 1, b: 2 }), await put(k, { a: null }), await bins(k)],
    ['ok', 'ok', { b: 2 }],
  ],
  'put of null to the last bin deletes the record': [
    async (k) => [await put(k, { a: 1 }), await put(k, { a: null }), await bins(k)],
    ['ok', 'ok', 'code 2'],
  ],
  'put of null to no record': [async (k) => [await put(k, { a: null })], ['code 2']],
  'get of no record': [async (k) => [await bins(k)], ['code 2']],
  'create only': [
    async (k) => [
      await put(k, { a: 1 }, {}, { exists: exists.CREATE }),
      await put(k, { a: 2 }, {}, { exists: exists.CREATE }),
      await bins(k),
    ],
    ['ok', 'code 5', { a: 1 }],
  ],
  'update only': [
    async (k) => [
      await put(k, { a: 1 }, {}, { exists: exists.UPDATE }),
      await put(k, { a: 1 }),
      await put(k, { b: 2 }, {}, { exists: exists.UPDATE }),
      await bins(k),
    ],
    ['code 2', 'ok', 'ok', { a: 1, b: 2 }],
  ],
  'replace only': [
    async (k) => [
      await put(k, { a: 1 }, {}, { exists: exists.REPLACE }),
      await put(k, { a: 1 }),
      await put(k, { b: 2 }, {}, { exists: exists.REPLACE }),
      await bins(k),
      await generation(k),
    ],
    ['code 2', 'ok', 'ok', { b: 2 }, 2],
  ],
  'create or replace': [
    async (k) => [
      await put(k, { a: 1 }, {}, { exists: exists.CREATE_OR_REPLACE }),
      await put(k, { b: 2 }, {}, { exists: exists.CREATE_OR_REPLACE }),
      await bins(k),
      await put(k, { b: null }, {}, { exists: exists.CREATE_OR_REPLACE }),
    ],
    ['ok', 'ok', { b: 2 }, 'code 4'],
  ],
  'generation equal': [
    async (k) => [
      await put(k, { a: 1 }, { gen: 1 }, { gen: gen.EQ }),
      await put(k, { a: 1 }),
      await put(k, { a: 2 }, { gen: 1 }, { gen: gen.EQ }),
      await put(k, { a: 3 }, { gen: 1 }, { gen: gen.EQ }),
      await bins(k),
      await generation(k),
    ],
    ['code 3', 'ok', 'ok', 'code 3', { a: 2 }, 2],
  ],
  'generation greater': [
    async (k) => [
      await put(k, { a: 1 }, { gen: 1 }, { gen: gen.GT }),
      await put(k, { a: 2 }, { gen: 1 }, { gen: gen.GT }),
      await put(k, { a: 3 }, { gen: 9 }, { gen: gen.GT }),
      await bins(k),
      await generation(k),
    ],
    ['ok', 'code 3', 'ok', { a: 3 }, 2],
  ],
  'ttl: a number of seconds': [
    async (k) => {
      const put1 = await put(k, { a: 1 }, { ttl: 1000 });
      const { ttl: left } = await client.get(k);
      return [put1, left > 990 && left <= 1000];
    },
    ['ok', true],
  ],
  'ttl: the default, and never': [
    async (k) => [
      await put(k, { a: 1 }, { ttl: ttl.NAMESPACE_DEFAULT }),
      (await client.get(k)).ttl,
      await put(k, { a: 1 }, { ttl: ttl.NEVER_EXPIRE }),
      (await client.get(k)).ttl,
    ],
    ['ok', ttl.NEVER_EXPIRE, 'ok', ttl.NEVER_EXPIRE],
  ],
  'ttl: kept': [
    async (k) => {
      await put(k, { a: 1 }, { ttl: 1000 });
      const kept = await put(k, { a: 2 }, { ttl: ttl.DONT_UPDATE });
      const { ttl: left } = await client.get(k);
      await put(k, { a: 2 }, { ttl: ttl.NEVER_EXPIRE });
      return [kept, left > 990, await put(k, { a: 3 }, { ttl: ttl.DONT_UPDATE })];
    },
    ['ok', true, 'ok'],
  ],
  'ttl: more than ten years': [
    async (k) => [await put(k, { a: 1 }, { ttl: 10 * 365 * 86400 + 1 }), await bins(k)],
    ['code 4', 'code 2'],
  ],
  'every type of bin that the client writes': [
    async (k) => [
      await put(k, {
        i: -5,
        big: 2n ** 62n,
        d: 1.5,
        dd: new Aerospike.Double(3),
        s: 'ü',
        b: Buffer.of(1, 2),
        t: true,
        l: [1, ['a']],
        m: { x: 1 },
        g: new Aerospike.GeoJSON({ type: 'Point', coordinates: [1, 2] }),
      }),
      await bins(k),
    ],
    [
      'ok',
      {
        i: -5,
        big: 2n ** 62n,
        d: 1.5,
        dd: 3,
        s: 'ü',
        b: Buffer.of(1, 2),
        t: true,
        l: [1, ['a']],
        m: { x: 1 },
        g: '{"type":"Point","coordinates":[1,2]}',
      },
    ],
  ],
  'a bin name that is too long': [async (k) => [await put(k, { [longBin]: 1 })], ['code -2']],
  'a record that is too big': [
    async (k) => [
      await put(k, { b: Buffer.alloc(1024 * 1024 + 1) }),
      await put(k, { b: Buffer.alloc(1000 * 1000) }),
    ],
    ['code 13', 'ok'],
  ],
  select: [
    async (k) => {
      await put(k, { a: 1, b: 2 });
      const { bins: found } = await client.select(k, ['b', 'nope']);
      return [{ ...found }];
    },
    [{ b: 2 }],
  ],
  'select of no bin that is there': [
    async (k) => {
      await put(k, { a: 1 });
      const { bins: found } = await client.select(k, ['nope']);
      return [{ ...found }];
    },
    [{}],
  ],
  exists: [
    async (k) => [await client.exists(k), await put(k, { a: 1 }), await client.exists(k)],
    [false, 'ok', true],
  ],
  remove: [
    async (k) => [
      await ok(client.remove(k)),
      await put(k, { a: 1 }),
      await ok(client.remove(k)),
      await bins(k),
    ],
    ['code 2', 'ok', 'ok', 'code 2'],
  ],
  'remove with a generation': [
    async (k) => [
      await put(k, { a: 1 }),
      await ok(client.remove(k, { gen: gen.EQ, generation: 7 })),
      await ok(client.remove(k, { gen: gen.EQ, generation: 1 })),
    ],
    ['ok', 'code 3', 'ok'],
  ],
  'remove for ever is not in the community edition': [
    async (k) => [await put(k, { a: 1 }), await ok(client.remove(k, { durableDelete: true }))],
    ['ok', 'code 25'],
  ],
  touch: [
    async (k) => {
      const missing = await ok(client.operate(k, [op.touch(1000)]));
      await put(k, { a: 1 });
      const touched = await ok(client.operate(k, [op.touch(1000)], { ttl: 1000 }));
      const { gen: counted, ttl: left } = await client.get(k);
      return [missing, touched, counted, left > 990];
    },
    ['code 2', 'ok', 2, true],
  ],
  'operate: add, append, prepend, read': [
    async (k) => {
      await put(k, { i: 1, d: new Aerospike.Double(1.5), s: 'b' });
      const { bins: found, gen: counted } = await client.operate(k, [
        op.incr('i', 41),
        op.incr('d', new Aerospike.Double(0.25)),
        op.append('s', 'c'),
        op.prepend('s', 'a'),
        op.write('w', 7),
        op.read('i'),
        op.read('d'),
        op.read('s'),
        op.read('w'),
      ]);
      return [{ ...found }, counted];
    },
    [{ i: 42, d: 1.75, s: 'abc', w: 7 }, 2],
  ],
  'operate: add, append and prepend to bins that are not there': [
    async (k) => [
      await ok(client.operate(k, [op.incr('i', 4), op.append('s', 'x'), op.prepend('p', 'y')])),
      await bins(k),
    ],
    ['ok', { i: 4, s: 'x', p: 'y' }],
  ],
  'operate: add overflows': [
    async (k) => [
      await put(k, { i: 2n ** 63n - 1n }),
      await ok(client.operate(k, [op.incr('i', 1)])),
      await bins(k),
    ],
    ['ok', 'ok', { i: -(2n ** 63n) }],
  ],
  'operate: types that do not go together': [
    async (k) => [
      await put(k, { i: 1, s: 'x', l: [1], d: new Aerospike.Double(1.5) }),
      await ok(client.operate(k, [op.incr('s', 1)])),
      await ok(client.operate(k, [op.incr('l', 1)])),
      await ok(client.operate(k, [op.append('i', 'x')])),
      await ok(client.operate(k, [op.append('l', 'x')])),
      await generation(k),
    ],
    ['ok', 'code 12', 'code 12', 'code 12', 'code 12', 1],
  ],
  'operate: delete': [
    async (k) => [
      await put(k, { a: 1 }),
      await ok(client.operate(k, [op.delete()])),
      await bins(k),
    ],
    ['ok', 'ok', 'code 2'],
  ],
  'operate: delete, then write': [
    async (k) => [
      await put(k, { a: 1, b: 2 }),
      await ok(client.operate(k, [op.delete(), op.write('c', 3)])),
      await bins(k),
      await generation(k),
    ],
    ['ok', 'ok', { c: 3 }, 2],
  ],
  'operate: read only': [
    async (k) => {
      await put(k, { a: 1 });
      const { bins: found, gen: counted } = await client.operate(k, [op.read('a'), op.read('z')]);
      return [{ ...found }, counted];
    },
    [{ a: 1 }, 1],
  ],
  'the user key is kept once it was sent': [
    async (k) => {
      await put(k, { a: 1 }, {}, { key: keyPolicy.SEND });
      await put(k, { a: 2 });
      const found = await scan(SET, { filterExpression: exp.eq(exp.binInt('a'), exp.int(2)) });
      return [found.some((record) => record.key.key === k.key)];
    },
    [true],
  ],
  'filter expressions on one record': [
    async (k) => {
      await put(k, { a: 5, s: 'x' });
      const get = (filterExpression: ReturnType<typeof exp.eq>) =>
        ok(client.get(k, { filterExpression }));
      return [
        await get(exp.eq(exp.binInt('a'), exp.int(5))),
        await get(exp.gt(exp.binInt('a'), exp.int(5))),
        await get(exp.eq(exp.binInt('nope'), exp.int(5))),
        await get(exp.not(exp.eq(exp.binInt('nope'), exp.int(5)))),
        await get(exp.or(exp.eq(exp.binInt('nope'), exp.int(5)), exp.binExists('a'))),
        await get(exp.and(exp.eq(exp.binInt('nope'), exp.int(5)), exp.binExists('a'))),
        await get(exp.eq(exp.binStr('a'), exp.str('5'))),
        await get(exp.eq(exp.binStr('s'), exp.str('x'))),
        await get(exp.eq(exp.setName(), exp.str(SET))),
        await get(exp.eq(exp.ttl(), exp.int(-1))),
        await get(exp.eq(exp.voidTime(), exp.int(-1))),
        await get(exp.gt(exp.sinceUpdate(), exp.int(-1))),
        await get(exp.gt(exp.lastUpdate(), exp.int(1_600_000_000))),
        await get(exp.keyExist()),
        await get(exp.isTombstone()),
        await get(exp.binInt('a')),
        await get(exp.eq(exp.binInt('a'), exp.str('x'))),
      ];
    },
    [
      'ok',
      'code 27',
      'code 27',
      'code 27',
      'ok',
      'code 27',
      'code 27',
      'ok',
      'ok',
      'ok',
      'ok',
      'ok',
      'ok',
      'code 27',
      'code 4',
      'code 4',
      'code 4',
    ],
  ],
  'batch read': [
    async (k) => {
      await put(k, { a: 1, b: 2 });
      const missing = batchKey('nobody');
      const rows = await client.batchRead([
        { key: batchKey(k.key), readAllBins: true },
        { key: missing, readAllBins: true },
        { key: batchKey(k.key), readAllBins: false, bins: ['b', 'z'] },
        { key: batchKey(k.key), readAllBins: false },
      ]);
      return rows.map((row) => [row.status, row.record?.bins && { ...row.record.bins }]);
    },
    [
      [0, { a: 1, b: 2 }],
      [2, undefined],
      [0, { b: 2 }],
      [0, {}],
    ],
  ],
  'batch write': [
    async (k) => {
      const other = keyOf(`${k.key} other`);
      await put(other, { a: 1 });
      const rows = await client.batchWrite([
        { type: Aerospike.batchType.BATCH_WRITE, key: batchKey(k.key), ops: [op.write('a', 1)] },
        {
          type: Aerospike.batchType.BATCH_WRITE,
          key: batchKey(other.key),
          ops: [op.write('a', 2)],
          policy: new Aerospike.BatchWritePolicy({ exists: exists.CREATE }),
        },
        { type: Aerospike.batchType.BATCH_REMOVE, key: batchKey(other.key) },
        { type: Aerospike.batchType.BATCH_READ, key: batchKey(k.key), readAllBins: true },
      ]);
      return [rows.map((row) => row.status), await bins(k), await bins(other)];
    },
    [[0, 5, 0, 0], { a: 1 }, 'code 2'],
  ],
  'scan: all of a set': [
    async () => [
      numbers(await scan(SCANNED)),
      numbers(await scan('no such set')),
      (await scan(undefined)).length >= 10,
    ],
    [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], [], true],
  ],
  'scan: some bins': [
    async () => [
      (await scan(SCANNED, {}, (job) => job.select('n'))).map(({ bins: found }) =>
        Object.keys(found).join(),
      ),
      await scan(SCANNED, {}, (job) => job.select('nope')),
    ],
    [Array(10).fill('n'), []],
  ],
  'scan: no bins': [
    async () => [
      (
        await scan(SCANNED, {}, (job) => {
          job.nobins = true;
        })
      ).map(({ bins: found, gen: counted }) => [Object.keys(found).length, counted]),
    ],
    [Array(10).fill([0, 1])],
  ],
  'scan: a number of records at most': [
    async () => [
      (await scan(SCANNED, { maxRecords: 4 })).length,
      (await scan(SCANNED, { maxRecords: 40 })).length,
    ],
    [4, 10],
  ],
  'scan: partitions': [
    async () => {
      const halves = await Promise.all(
        [0, 2048].map((begin) => scan(SCANNED, {}, (job) => job.partitions(begin, 2048))),
      );
      return [halves.map((half) => half.length > 0), numbers(halves.flat()).sort()];
    },
    [
      [true, true],
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    ],
  ],
  'scan: filter expressions': [
    async () => {
      const filtered = async (filterExpression: unknown) =>
        numbers(await scan(SCANNED, { filterExpression }));
      const { binInt, binStr, binBool, int, str } = exp;
      return [
        await filtered(exp.ge(binInt('n'), int(7))),
        await filtered(exp.le(binInt('n'), int(1))),
        await filtered(exp.ne(binInt('n'), int(1))),
        await filtered(exp.eq(binBool('even'), exp.bool(true))),
        await filtered(exp.and(exp.gt(binStr('s'), str('s3')), exp.lt(binInt('n'), int(6)))),
        await filtered(exp.not(exp.binExists('n'))),
      ];
    },
    [[7, 8, 9], [0, 1], [0, 2, 3, 4, 5, 6, 7, 8, 9], [0, 2, 4, 6, 8], [4, 5], []],
  ],
  'query: times of records': [
    async () => {
      // Nobody but this row writes them; what the client is told is the void time in seconds.
      const set = `${SET} two`;
      await client.put(keyOf('3', set), { n: 3 }, { ttl: 5000 });
      const { ttl: left } = await client.get(keyOf('3', set));
      const expiry = BigInt(Math.floor(Date.now() / 1000) + left) * 1_000_000_000n;
      const day = 86_400_000_000_000n;
      const now = BigInt(Date.now()) * 1_000_000n;
      const queried = async (filterExpression: ReturnType<typeof exp.eq>) => {
        const found: number[] = [];
        const policy = new Aerospike.QueryPolicy({ filterExpression });
        const stream = client.query(ns, set).foreach(policy);
        stream.on('data', (record) => found.push(Number(record.bins.n)));
        await once(stream, 'end');
        return found.sort();
      };
      const { lastUpdate, voidTime } = exp;
      const int = (value: bigint) => exp.int(Number(value)); // what is rounded is below a second
      return [
        await queried(exp.ge(lastUpdate(), int(now - day))),
        await queried(exp.lt(lastUpdate(), int(now - day))),
        await queried(exp.ge(lastUpdate(), int(now + day))),
        await queried(exp.eq(voidTime(), int(-1n))),
        await queried(exp.gt(voidTime(), int(expiry - 10_000_000_000n))),
        await queried(exp.gt(voidTime(), int(expiry + 10_000_000_000n))),
        await queried(exp.and(exp.gt(voidTime(), int(0n)), exp.ge(lastUpdate(), int(now - day)))),
      ];
    },
    [ALL_TEN, [], [], [0, 1, 2, 4, 5, 6, 7, 8, 9], [3], [], [3]],
  ],
  'our scan: times of records': [
    async () => {
      await client.put(keyOf('3', SCANNED), { n: 3 }, { ttl: 5000 });
      const day = 86_400_000_000_000n;
      const now = BigInt(Date.now()) * 1_000_000n;
      const scanned = async (options: Partial<ScanOptions>) => {
        const found: unknown[] = [];
        const seeds = target.seeds.join();
        const chosen = { seeds, namespace: ns, sets: [SCANNED], noIndexes: true, noUdfs: true };
        for await (const batch of ours({ ...chosen, ...options })) {
          for (const record of batch) found.push(record.bins.get('n')?.value);
        }
        return found.sort();
      };
      return [
        await scanned({ modifiedAfter: now - day, modifiedBefore: now + day }),
        await scanned({ modifiedBefore: now - day }),
        await scanned({ modifiedAfter: now + day }),
        await scanned({ noTtlOnly: true }),
        await scanned({ noTtlOnly: true, modifiedAfter: now - day, partitions: [] }),
      ];
    },
    [ALL_TEN, [], [], [0, 1, 2, 4, 5, 6, 7, 8, 9], []],
  ],
  'query without a where': [
    async () => {
      const found: unknown[] = [];
      const stream = client.query(ns, SCANNED).foreach();
      stream.on('data', (record) => found.push(record.bins.n));
      await once(stream, 'end');
      return [found.sort()];
    },
    [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
  ],
  'secondary indexes': [
    async () => {
      // A real server takes its time to build an index: WO, then RW.
      const list = async () =>
        (await wire.info(`sindex-list:ns=${ns};b64=true`)).replaceAll('state=WO', 'state=RW');
      const index = `${SET}_index`;
      const job = await client.createIndex({
        ns,
        set: SCANNED,
        bin: 'n',
        index,
        datatype: Aerospike.indexDataType.NUMERIC,
      });
      await job.waitUntilDone(20);
      const shown = await list();
      const again = await ok(
        client.createIndex({
          ns,
          set: SCANNED,
          bin: 'other',
          index,
          datatype: Aerospike.indexDataType.NUMERIC,
        }),
      );
      await wire.info(
        `sindex-create:ns=${ns};indexname=${index}_l;bin=l;type=string;indextype=list;context=kiKlA3RhZ3M=`,
      );
      const withContext = await list();
      const removed = await ok(client.indexRemove(ns, index));
      await client.indexRemove(ns, `${index}_l`);
      const removedAgain = await ok(client.indexRemove(ns, index));
      return [shown, again, withContext, removed, removedAgain, await list()];
    },
    [
      `ns=test:indexname=${SET}_index:set=${SCANNED}:bin=n:type=numeric:indextype=default:context=null:exp=null:state=RW`,
      'code 200',
      `ns=test:indexname=${SET}_index:set=${SCANNED}:bin=n:type=numeric:indextype=default:context=null:exp=null:state=RW;ns=test:indexname=${SET}_index_l:set=null:bin=l:type=string:indextype=list:context=kiKlA3RhZ3M=:exp=null:state=RW`,
      'ok',
      'ok',
      '',
    ],
  ],
  'a set index, and an index under another name': [
    async () => {
      const name = `${SET}_odd`;
      const create = (rest: string) => wire.info(`sindex-create:ns=${ns};${rest}`);
      const list = async () =>
        (await wire.info(`sindex-list:ns=${ns};b64=true`)).replaceAll('state=WO', 'state=RW');
      const made = await create(`set=${SET};indexname=${name};indextype=set`);
      const alone = await list();
      const first = await create(`indexname=${name}_1;bin=b|;type=string`);
      const second = await create(`indexname=${name}_2;bin=b;type=string`);
      const third = await create(`indexname=${name}_3;bin=b;type=string`);
      const shown = await list();
      const progress = await wire.info(`sindex-stat:namespace=${ns};indexname=${name}`);
      for (const end of ['', '_1', '_2', '_3']) {
        await wire.info(`sindex-delete:ns=${ns};indexname=${name}${end}`);
      }
      return [made, alone, first, second, third, shown, /load_pct=100/.test(progress)];
    },
    [
      'ok',
      `;ns=test:indexname=${SET}_odd:set=${SET}:indextype=set`,
      'ok',
      'ok',
      'ok',
      `ns=test:indexname=${SET}_odd_3:set=null:bin=b:type=string:indextype=default:context=null:exp=null:state=RW;ns=test:indexname=${SET}_odd:set=${SET}:indextype=set`,
      true,
    ],
  ],
  'UDF modules': [
    async () => {
      const content = 'function one(rec)\n  return 1\nend\n';
      const path = `${t.testdir({ 'honest.lua': content })}/honest.lua`;
      const list = async () => (await wire.info('udf-list')).includes('filename=honest.lua,');
      const job = await client.udfRegister(path);
      await job.waitUntilDone(20);
      const listed = await list();
      const got = await wire.info('udf-get:filename=honest.lua');
      const removal = await client.udfRemove('honest.lua');
      await removal.waitUntilDone(20);
      return [listed, got, await list(), await wire.info('udf-get:filename=honest.lua')];
    },
    [
      true,
      `type=LUA;content=${Buffer.from('function one(rec)\n  return 1\nend\n').toString('base64')};`,
      false,
      'error=not_found',
    ],
  ],
  truncate: [
    async () => {
      const set = `${SET} three`;
      const put3 = (n: number) => client.put(keyOf(`${n}`, set), { n });
      await put3(1);
      const left = await eventually(async () => {
        await client.truncate(ns, set, 0);
        return (await scan(set)).length;
      }, 0);
      return [left];
    },
    [0],
  ],
  'bytes that a record takes': [
    async () => {
      const set = `${SET} size`;
      const key = keyOf('k', set);
      const sizes: unknown[] = [];
      // A record is rounded up to 16 bytes: many bins of a kind show what one of them takes.
      for (const value of STORED_VALUES) {
        const names = Array.from({ length: 64 }, (_, index) => `bin ${index + 10}`);
        await client.put(key, Object.fromEntries(names.map((name) => [name, value])));
        const told = await wire.info(`sets/${ns}/${set}`);
        const [, objects, bytes] = /objects=(\d+):.*:data_used_bytes=(\d+):/.exec(told) ?? [];
        sizes.push(Number(bytes) / Number(objects));
        await client.remove(key);
      }
      return sizes;
    },
    [704, 704, 704, 768, 768, 896, 896, 1152, 1152, 1088, 640, 832, 1024, 1024, 896, 1088, 1408],
  ],
  'info commands': [
    async () => {
      const info = (command: string) => wire.info(command);
      return [
        await info('edition'),
        await info('build'),
        await info('status'),
        await info('partitions'),
        await info('no-such-command'),
        await info('namespace/nope'),
        await info('sets/nope'),
        await info('sindex-list:ns=nope'),
        await info('sindex-stat:ns=test;indexname=nope'),
        await info('sindex-exists:ns=test;indexname=nope'),
        await info('sindex-create:ns=test'),
        await info('sindex-create:ns=test;indexname=x;type=foo;bin=x'),
        await info('truncate:namespace=test'),
        await info('truncate:'),
        await info('udf-get:'),
        await info('rack-ids'),
        await info('service-tls-std'),
        await info('cluster-stable:size=77'),
      ];
    },
    [
      'Aerospike Community Edition',
      '8.1.2.0',
      'ok',
      '4096',
      'ERROR:4:unrecognized command',
      'type=unknown',
      'ns_type=unknown',
      'ERROR:20:namespace not found on node;ERROR:20:namespace not found on node',
      'ERROR:201:no index',
      'false',
      "ERROR:4:missing 'indexname'",
      "ERROR:4:bad 'type' - must be one of 'numeric', 'string', 'blob', 'geo2dsphere'",
      "ERROR:4:missing 'set'",
      "ERROR:20:missing 'namespace'",
      'error=invalid_filename',
      'ERROR:25:enterprise only',
      'ERROR:25:enterprise only',
      'ERROR:7:cluster not specified size',
    ],
  ],
  'an unknown namespace': [
    async () => [await put({ ns: 'nope', set: SET, key: 'x' }, { a: 1 })],
    ['code 20'],
  ],
};

let number = 0;
for (const [name, [run, expected]] of Object.entries(ROWS)) {
  t.test(name, async (t) => {
    const key = keyOf(`key ${number++}`);
    await outcome(client.remove(key));
    t.strictSame(await run(key), expected);
  });
}

// With a real server beside it, the sandbox still has to answer as the table says.
if (target.isReal) {
  const { AEROSPIKE_HOSTS: _, ...env } = process.env;
  t.spawn(process.execPath, [fileURLToPath(import.meta.url)], { env }, 'the sandbox');
}

t.test('GeoJSON: cells that come with it are not looked at; what is none is refused', async (t) => {
  const point = '{"type": "Point", "coordinates": [8.5, 47.4]}';
  const particle = (cells: number, text: string): Buffer =>
    Buffer.concat([Buffer.of(1, 0, cells), Buffer.alloc(8 * cells, 7), Buffer.from(text)]);
  const write = async (value: Buffer): Promise<unknown> => {
    wire.send((writer) => {
      writer.begin({ info2: Info2.WRITE, recordTtl: 0xffffffff });
      writer.field(Field.NAMESPACE, Buffer.from(ns));
      writer.field(Field.SET, Buffer.from(SET));
      writer.field(
        Field.DIGEST,
        computeDigest(Buffer.from(SET), ParticleType.STRING, Buffer.from('geo')),
      );
      writer.op(Op.WRITE, ParticleType.GEOJSON, Buffer.from('g'), value);
    });
    return (await wire.messages())?.[0]?.result;
  };
  t.equal(await write(particle(2, point)), 0);
  t.strictSame(await bins(keyOf('geo')), { g: point });
  t.equal(await write(particle(0, point)), 0);
  for (const wrong of [
    Buffer.alloc(0),
    Buffer.alloc(2),
    particle(9, '').subarray(0, 40),
    particle(0, 'abc'),
    particle(0, '5'),
    particle(0, '{}'),
    particle(0, '{"type":"Point"}'),
    particle(0, '{"type":"MultiPoint","coordinates":[[1,2]]}'),
  ]) {
    t.equal(await write(wrong), 160, wrong.toString('latin1'));
  }
});

import { EventEmitter, once } from 'node:events';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import t from 'tap';
import type { ClientQuery, ClientRecord } from '../../lib/client/source.ts';
import type { ErrorCode } from '../../lib/errors.ts';
import type { RecordBatch } from '../../lib/record/batch.ts';
import { BatchBuilder, encodeParticle, type PlainRecord } from '../../lib/record/builder.ts';
import { computeDigest } from '../../lib/record/digest.ts';
import { Double, GeoJson, type Value } from '../../lib/record/values.ts';
import {
  DEFAULT_PAGE_LIMIT,
  DEFAULT_PAGE_SIZE,
  type FromClientOptions,
  type FromClientStage,
  fromClient,
} from '../../lib/stages/from-client.ts';
import { load } from '../../lib/stages/load.ts';
import { scan } from '../../lib/stages/scan.ts';
import { officialClient } from '../helpers/official-client.ts';

const NO_KEY = Buffer.alloc(0);

/** What the client gives for a record with an integer key. */
const clientRecord = (key: number, bins: object = {}): ClientRecord => {
  const { type, bytes } = encodeParticle(key);
  return { key: { key, digest: computeDigest(NO_KEY, type, bytes) }, bins, ttl: -1, gen: 1 };
};

/** A query that gives so many records of each partition; the test ends a page. */
class Query implements ClientQuery {
  readonly ns = 'test';
  readonly pages: { begin: number; count: number; policy: unknown }[] = [];
  readonly running = new EventEmitter();
  #range = { begin: 0, count: 0 };
  readonly #give: (stream: EventEmitter, count: number) => void;

  constructor(give: (stream: EventEmitter, count: number) => void) {
    this.#give = give;
  }

  partitions(begin: number, count: number): void {
    this.#range = { begin, count };
  }

  foreach(policy?: object): EventEmitter {
    this.pages.push({ ...this.#range, policy });
    const stream = new EventEmitter();
    setImmediate(() => {
      this.#give(stream, this.#range.count);
      this.running.emit('page');
    });
    return stream;
  }
}

/** A query with one record of 1 KiB for each partition. */
const plenty = (): Query =>
  new Query((stream, count) => {
    const bins = { text: 'x'.repeat(1024) };
    for (let n = 0; n < count; n++) stream.emit('data', clientRecord(n, bins));
    stream.emit('end');
  });

const turns = async (): Promise<void> => {
  for (let left = 10; left > 0; left--) await new Promise((resolve) => setImmediate(resolve));
};

const all = async (query: ClientQuery, options?: FromClientOptions) => {
  const stage = fromClient(query, options);
  const batches: RecordBatch[] = await stage.toArray();
  return { stage, batches, records: batches.reduce((sum, { length }) => sum + length, 0) };
};

t.test('pages grow until they have about the size that is wanted', async (t) => {
  const query = plenty();
  const { stage, records } = await all(query, { pageSize: 100 * 1100, policy: { replica: 1 } });
  t.equal(records, 4096);
  t.match(stage.info, { records: 4096, pages: query.pages.length, accepted: { integer: 0 } });
  t.match(query.pages[0], { begin: 0, count: 1, policy: { replica: 1 } });
  t.match(query.pages[1], { begin: 1, count: 16 });
  const counts = query.pages.slice(2, -1).map(({ count }) => count);
  t.ok(
    counts.every((count) => count > 90 && count < 110),
    String(counts),
  );
  let next = 0;
  for (const { begin, count } of query.pages) {
    t.equal(begin, next);
    next = begin + count;
  }
  t.equal(next, 4096, 'each partition once');
});

t.test('a page is asked for when the last one was taken', async (t) => {
  const query = plenty();
  const stage = fromClient(query, { pageSize: 1 });
  while (query.pages.length < 2) await once(query.running, 'page');
  await turns();
  t.equal(query.pages.length, 2, 'two batches wait, and that is all');
  const [third] = await Promise.all([once(query.running, 'page'), stage.read()]);
  t.ok(third);
  await turns();
  t.equal(query.pages.length, 3, 'one was taken, one more was asked for');
  stage.destroy();
});

t.test('a large page comes in batches', async (t) => {
  const query = plenty();
  const { batches, records } = await all(query);
  t.equal(records, 4096);
  t.ok(query.pages.length < 7);
  t.ok(batches.length > 8);
  t.ok(batches.every(({ bytes }) => bytes.length < 600 * 1024));
});

t.test('some partitions', async (t) => {
  const query = plenty();
  t.equal((await all(query, { partitions: { begin: 4090, count: 6 } })).records, 6);
  t.strictSame(
    query.pages.map(({ begin, count }) => [begin, count]),
    [
      [4090, 1],
      [4091, 5],
    ],
  );
});

t.test('a set that is empty', async (t) => {
  const query = new Query((stream) => stream.emit('end'));
  t.equal((await all(query)).records, 0);
  t.equal(query.pages.length, 4, '1, 16, 256 and the rest');
});

const wrongRecord = (stream: EventEmitter): void => {
  stream.emit('data', clientRecord(1, { n: 5 }));
  stream.emit('data', clientRecord(2)); // the client gives the rest, too
  stream.emit('end');
};
const largeRecord = (stream: EventEmitter): void => {
  stream.emit('data', clientRecord(1, { s: 'x'.repeat(1000) }));
  stream.emit('end');
};

const FAILURES: [string, (stream: EventEmitter) => void, FromClientOptions, ErrorCode][] = [
  ['what is in doubt', wrongRecord, {}, 'FORMAT'],
  ['a page that is too large', largeRecord, { pageLimit: 1000 }, 'LIMIT'],
  [
    'what the client says',
    (stream) => stream.emit('error', Object.assign(new Error('no'), { code: 20 })),
    {},
    'SERVER',
  ],
];

for (const [name, give, options, code] of FAILURES) {
  t.test(`${name} ends it`, async (t) => {
    const query = new Query(give);
    await t.rejects(all(query, options), { code });
    t.equal(query.pages.length, 1);
  });
}

t.test('it closes when its page has ended, for then the client may be closed', async (t) => {
  const rows: [string, object, (stage: FromClientStage) => void][] = [
    ['destroyed', {}, (stage) => stage.destroy()],
    ['failed', { n: 5 }, () => {}],
  ];
  for (const [name, bins, end] of rows) {
    const given = Promise.withResolvers<EventEmitter>();
    const stage = fromClient(
      new Query((stream) => {
        stream.emit('data', clientRecord(1, bins));
        given.resolve(stream);
      }),
    );
    stage.on('error', () => {});
    const stream = await given.promise;
    end(stage);
    stream.emit('data', clientRecord(2));
    await turns();
    t.notOk(stage.closed, name);
    stream.emit('end');
    await new Promise((resolve) => stage.once('close', resolve));
    t.equal(stage.info.records, 0, name);
  }
});

t.test('destroyed before it has begun', async (t) => {
  const query = plenty();
  const stage = fromClient(query).destroy();
  await once(stage, 'close');
  await new Promise((resolve) => setImmediate(resolve));
  t.ok(query.pages.length < 2);
});

const WRONG: [string, object, FromClientOptions][] = [
  ['its own partitions', { partFilter: { begin: 0 } }, {}],
  ['pages', { paginate: true }, {}],
  ['a largest number', { maxRecords: 5 }, {}],
  ['half a partition', {}, { partitions: { begin: 0.5, count: 1 } }],
  ['a negative partition', {}, { partitions: { begin: -1, count: 1 } }],
  ['no partition', {}, { partitions: { begin: 0, count: 0 } }],
  ['partition 4096', {}, { partitions: { begin: 4096, count: 1 } }],
];

for (const [name, more, options] of WRONG) {
  t.test(`${name} cannot be`, async (t) => {
    const query: ClientQuery = Object.assign(plenty(), more);
    t.throws(() => fromClient(query, options), { code: 'USAGE' });
  });
}

t.test('with the official client', async (t) => {
  const SET = 'from client';
  const { client, namespace, seeds } = await officialClient(t, SET);
  /** Records are gathered into batches, and written by our own means. */
  const write = async (records: readonly PlainRecord[]): Promise<void> => {
    const builder = new BatchBuilder(namespace);
    for (const record of records) builder.add({ set: SET, ...record });
    await pipeline([builder.build()], load({ seeds, namespace }));
  };
  /** Everything of a record but how it lies in a batch. */
  const seen = async (source: AsyncIterable<RecordBatch>): Promise<unknown[]> => {
    const records: { readonly digest: string; readonly [field: string]: unknown }[] = [];
    for await (const batch of source) {
      for (const record of batch) {
        const { set, key, generation, voidTime } = record;
        const digest = record.digest.toString('hex');
        const bins = Array.from(record.bins, ([name, { value }]) => [name, value]).sort();
        records.push({ set, key, generation, voidTime, digest, bins });
      }
    }
    return records.sort((a, b) => (a.digest < b.digest ? -1 : 1));
  };

  const VALUES: Readonly<Record<string, Value>> = {
    integer: 5,
    large: 2n ** 60n,
    double: new Double(5),
    fraction: 1.5,
    zero: -0,
    boolean: true,
    string: 'ä',
    blob: Buffer.of(1, 2),
    geo: new GeoJson('{"type":"Point","coordinates":[1,2]}'),
    list: [1, 'a', [true, null]],
    map: new Map([
      ['a', 1],
      ['b', 2],
    ]),
  };
  const OPTIONS: FromClientOptions = {
    types: {
      integer: 'integer',
      double: 'double',
      blob: 'blob',
      geo: 'geojson',
      list: 'list',
      map: 'map',
    },
    // A node asks for the time in whole seconds, and so does the client.
    now: () => 0,
  };

  await write(
    Array.from({ length: 300 }, (_, n) => ({ key: n % 3 === 0 ? `key ${n}` : n, bins: VALUES })),
  );
  const expected = await seen(
    scan({ seeds, namespace, sets: [SET], noIndexes: true, noUdfs: true }),
  );

  const queries: [string, ClientQuery][] = [
    ['query', client.query(namespace, SET)],
    ['scan', client.scan(namespace, SET)],
  ];
  for (const [name, query] of queries) {
    t.test(`a ${name} gives what a scan of ours gives`, async (t) => {
      const stage = fromClient(query, { ...OPTIONS, pageSize: 10_000 });
      t.strictSame(await seen(stage), expected);
      t.equal(stage.info.records, 300);
      t.ok(stage.info.pages > 4);
    });
  }

  t.test('a consumer that is slow, and one that stops early', async (t) => {
    let records = 0;
    const slow = new Writable({
      objectMode: true,
      highWaterMark: 1,
      write: (batch: RecordBatch, _encoding, done) => {
        records += batch.length;
        setImmediate(done);
      },
    });
    await pipeline(fromClient(client.query(namespace, SET), { ...OPTIONS, pageSize: 5000 }), slow);
    t.equal(records, 300);
    for await (const batch of fromClient(client.query(namespace, SET), OPTIONS)) {
      t.ok(batch.length > 0);
      break;
    }
  });

  t.test('what the server refuses', async (t) => {
    const reading = fromClient(client.query('nowhere')).toArray();
    await t.rejects(reading, { code: /SERVER|NETWORK/ });
  });
});

t.test('the limits are told', async (t) => {
  t.ok(DEFAULT_PAGE_SIZE < DEFAULT_PAGE_LIMIT);
});

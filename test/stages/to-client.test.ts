import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import Aerospike from 'aerospike';
import t from 'tap';
import type { ClientPut, WritingClient } from '../../lib/client/target.ts';
import { RecordBatch } from '../../lib/record/batch.ts';
import { BatchBuilder, type PlainRecord } from '../../lib/record/builder.ts';
import type { RecordChunk } from '../../lib/record/chunk.ts';
import { EPOCH_SECONDS } from '../../lib/record/layout.ts';
import { Double, FlaggedMap, GeoJson, type Value } from '../../lib/record/values.ts';
import { scan } from '../../lib/stages/scan.ts';
import { type ToClientOptions, type ToClientStage, toClient } from '../../lib/stages/to-client.ts';
import { CLIENT_MODULE } from '../helpers/client-module.ts';
import { officialClient } from '../helpers/official-client.ts';

/** A client whose puts are over when the test says so. */
class Client implements WritingClient {
  readonly puts: { key: unknown; end: (error?: Error) => void }[] = [];

  put(key: ClientPut['key']): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (error?: Error): void => (error === undefined ? resolve() : reject(error));
      this.puts.push({ key: key.key, end });
    });
  }

  /** Ends the first put that is under way. */
  end(error?: Error): void {
    this.puts.shift()?.end(error);
  }
}

const coded = (code: number): Error => Object.assign(new Error('no'), { code });
const OPTIONS: ToClientOptions = { aerospike: CLIENT_MODULE, namespace: 'copy' };

const batch = (...records: PlainRecord[]): RecordBatch => {
  const builder = new BatchBuilder('test');
  for (const record of records) builder.add(record);
  return builder.build();
};
const numbered = (count: number): PlainRecord[] =>
  Array.from({ length: count }, (_, key) => ({ key, bins: { n: key } }));

const turns = async (): Promise<void> => {
  for (let left = 10; left > 0; left--) await new Promise((resolve) => setImmediate(resolve));
};

t.test('so many puts at once, and a batch is released when all are over', async (t) => {
  const client = new Client();
  const stage = toClient(client, { ...OPTIONS, maxPuts: 2 });
  let released = 0;
  const { bytes, offsets } = batch(...numbered(3));
  stage.end(new RecordBatch(bytes, offsets, () => released++));
  await turns();
  t.strictSame(
    client.puts.map(({ key }) => key),
    [0, 1],
  );
  client.end();
  await turns();
  t.strictSame(
    client.puts.map(({ key }) => key),
    [1, 2],
  );
  client.end();
  await turns();
  t.equal(released, 0);
  t.notOk(stage.writableFinished);
  client.end();
  await once(stage, 'finish');
  t.equal(released, 1);
  t.match(stage.info, { total: 3, inserted: 3 });
});

t.test('what has become of records', async (t) => {
  const client = new Client();
  const stage = toClient(client, { ...OPTIONS, now: () => (EPOCH_SECONDS + 100) * 1000 });
  stage.end(
    batch(...numbered(3), { key: 'a', bins: {} }, { key: 'b', bins: { n: 1 }, voidTime: 100 }),
  );
  await turns();
  client.end(coded(5));
  client.end(coded(3));
  client.end();
  await once(stage, 'finish');
  const { accepted, ...counts } = stage.info;
  t.strictSame(counts, {
    total: 5,
    inserted: 1,
    existed: 1,
    fresher: 1,
    expired: 1,
    skipped: 1,
    globalsSkipped: 0,
  });
  t.strictSame(accepted, { map: 0, list: 0, blob: 0, userKey: 0 });
});

t.test('a put that fails ends it', async (t) => {
  const client = new Client();
  const stage = toClient(client, { ...OPTIONS, maxPuts: 1 });
  stage.write(batch(...numbered(3)));
  await turns();
  client.end(coded(22));
  const expected = { code: 'SERVER', facts: { resultCode: 22, namespace: 'copy' } };
  await t.rejects(once(stage, 'finish'), expected);
  t.equal(client.puts.length, 0, 'no more are sent');
});

t.test('it closes when all puts are over, for then the client may be closed', async (t) => {
  const rows: [string, (stage: ToClientStage) => void][] = [
    ['destroyed', (stage) => stage.destroy()],
    ['failed', () => {}],
  ];
  for (const [name, end] of rows) {
    const client = new Client();
    const stage = toClient(client, { ...OPTIONS, maxPuts: 2 });
    stage.on('error', () => {});
    stage.write(batch(...numbered(3)));
    await turns();
    end(stage);
    client.end(name === 'failed' ? coded(22) : undefined);
    await turns();
    t.ok(stage.destroyed && !stage.closed, name);
    t.equal(client.puts.length, 1, `${name}: no more are sent`);
    client.end();
    await new Promise((resolve) => stage.once('close', resolve));
    t.equal(stage.info.inserted, name === 'failed' ? 1 : 2, name);
  }
});

t.test('what cannot be written ends it', async (t) => {
  const stage = toClient(new Client(), OPTIONS);
  stage.write(batch({ key: 1, bins: { m: new Map() } }));
  await t.rejects(once(stage, 'finish'), { code: 'FORMAT' });
});

const UDF: RecordChunk = {
  kind: 'udf',
  name: 'a.lua',
  language: 'LUA',
  content: Buffer.from('return 1'),
};

t.test('globals are refused, or passed over', async (t) => {
  const refusing = toClient(new Client(), OPTIONS);
  refusing.write(UDF);
  await t.rejects(once(refusing, 'finish'), { code: 'USAGE' });
  const skipping = toClient(new Client(), { ...OPTIONS, skipGlobals: true });
  await pipeline([UDF], skipping);
  t.match(skipping.info, { total: 0, globalsSkipped: 1 });
});

t.test('a number of puts that is none', async (t) => {
  for (const maxPuts of [0, 1.5]) {
    t.throws(() => toClient(new Client(), { ...OPTIONS, maxPuts }), { code: 'USAGE' });
  }
});

t.test('with the official client', async (t) => {
  const SET = 'to client';
  const { client, namespace, seeds } = await officialClient(t, SET);

  const VALUES: Readonly<Record<string, Value>> = {
    integer: 5,
    large: -(2n ** 63n),
    double: new Double(5),
    fraction: 1.5,
    zero: -0,
    nan: Number.NaN,
    infinity: Number.POSITIVE_INFINITY,
    huge: 2 ** 60,
    boolean: false,
    string: 'ä',
    empty: '',
    blob: Buffer.of(1, 2),
    geo: new GeoJson('{"type": "Point", "coordinates": [1.0, 2]}'),
    list: [
      1,
      new Double(2),
      'a',
      [true, null, Buffer.of(1)],
      new GeoJson('{"type":"Point","coordinates":[1,2]}'),
    ],
    map: new FlaggedMap(
      1,
      new Map<Value, Value>([
        [1, 'a'],
        [2n ** 60n, -0],
        ['1', new Double(1)],
      ]),
    ),
  };
  const digest = Buffer.alloc(20, 9);
  const TOMORROW = Math.floor(Date.now() / 1000) - EPOCH_SECONDS + 86_400;
  const records: PlainRecord[] = [
    ...numbered(100).map(({ key }) => ({ set: SET, key, bins: VALUES })),
    { set: SET, key: 2n ** 60n + 1n, bins: VALUES },
    { set: SET, key: 'text', bins: VALUES, voidTime: TOMORROW },
    { set: SET, key: Buffer.from('bytes'), bins: VALUES },
    { set: SET, digest, bins: VALUES },
  ];

  /** Everything of a record but what no tool restores, and how it lies in a batch. */
  const seen = async (source: AsyncIterable<RecordBatch>): Promise<unknown[]> => {
    const found: { readonly digest: string; readonly [field: string]: unknown }[] = [];
    for await (const chunk of source) {
      for (const record of chunk) {
        const bins = Array.from(record.binList(), (bin) => [
          bin.name,
          bin.type,
          bin.name === 'geo' ? bin.value : Buffer.from(bin.bytes).toString('hex'),
        ]);
        found.push({
          set: record.set,
          key: record.key,
          digest: record.digest.toString('hex'),
          expires: record.voidTime !== 0,
          bins: bins.sort(),
        });
      }
    }
    return found.sort((a, b) => (a.digest < b.digest ? -1 : 1));
  };

  t.test('what it writes is what was given, byte for byte', async (t) => {
    const stage = toClient(client, { aerospike: Aerospike, namespace });
    await pipeline([batch(...records)], stage);
    t.match(stage.info, { total: records.length, inserted: records.length });
    const found = scan({ seeds, namespace, sets: [SET], noIndexes: true, noUdfs: true });
    const given = (async function* () {
      yield batch(...records);
    })();
    t.strictSame(await seen(found), await seen(given));
  });

  t.test('records that are there', async (t) => {
    const write = async (exists: 'create' | 'update' | 'replace', generation: number) => {
      const stage = toClient(client, { aerospike: Aerospike, namespace, exists });
      await pipeline([batch({ set: SET, key: 1, generation, bins: { n: generation } })], stage);
      return stage.info;
    };
    t.match(await write('create', 9), { existed: 1 });
    t.match(await write('update', 1), { fresher: 1 });
    t.match(await write('replace', 9), { inserted: 1 });
    const key = { ns: namespace, set: SET, key: 1 };
    t.strictSame({ ...(await client.get(key)).bins }, { n: 9 });
    t.match(await write('update', 9), { inserted: 1 });
  });

  t.test('what the server refuses', async (t) => {
    const stage = toClient(client, { aerospike: Aerospike, namespace: 'nowhere' });
    await t.rejects(pipeline([batch(...numbered(200))], stage), { code: /SERVER|NETWORK/ });
  });
});

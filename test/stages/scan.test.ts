import t from 'tap';
import { AsbError } from '../../lib/errors.ts';
import { RecordBatch } from '../../lib/record/batch.ts';
import type { RecordChunk } from '../../lib/record/chunk.ts';
import { partitionOf } from '../../lib/record/layout.ts';
import { geoJsonTextOffset, ParticleType } from '../../lib/record/particle.ts';
import type { AsbRecord } from '../../lib/record/record.ts';
import { type StoredRecord, startSandbox } from '../../lib/sandbox/index.ts';
import { type ScanOptions, type ScanStage, scan } from '../../lib/stages/scan.ts';
import { parseAddresses } from '../../lib/wire/address.ts';
import { Cluster } from '../../lib/wire/cluster.ts';
import { lastUpdateBefore } from '../../lib/wire/scan/filter-expression.ts';
import { parseAfterDigest, parsePartitionList } from '../../lib/wire/scan/partition-filter.ts';
import { asBatches, EVERY_TYPE_SET, writeEveryType } from '../helpers/every-type.ts';
import { startFakeNode, until } from '../helpers/fake-node.ts';
import { Scanned, sameRecords, storedMessages } from '../helpers/scanned.ts';
import { startTarget } from '../helpers/target.ts';

const QUICK = { namespace: 'test', sleepBetweenRetries: 1 };

/** Runs a scan stage to its end. */
const run = async (options: Partial<ScanOptions> & Pick<ScanOptions, 'seeds' | 'cluster'>) => {
  const stage = scan({ ...QUICK, ...options });
  const scanned = new Scanned();
  const globals: Exclude<RecordChunk, RecordBatch>[] = [];
  let globalsFirst = true;
  for await (const chunk of stage as AsyncIterable<RecordChunk>) {
    if (chunk instanceof RecordBatch) scanned.take(chunk);
    else {
      globalsFirst &&= scanned.messages.size === 0;
      globals.push(chunk);
    }
  }
  return { scanned, globals, globalsFirst, info: stage.info };
};

t.test('which nodes held the partitions', async (t) => {
  const sandbox = await startSandbox({ nodes: 2 });
  const stage = scan({ ...QUICK, seeds: sandbox.seeds.join() });
  t.equal(stage.holders.size, 0, 'nothing is known yet');
  for await (const _chunk of stage);
  t.strictSame([...stage.holders.keys()].sort(), ['A1', 'A2']);
  await sandbox.close();
});

t.test('globals, then records', async (t) => {
  const sandbox = await startSandbox({ nodes: 2, records: 300, protoSize: 2000 });
  const seeds = sandbox.seeds.join();
  const { scanned, globals, globalsFirst, info } = await run({ seeds });
  sameRecords(t, scanned, storedMessages(sandbox));
  t.ok(globalsFirst);
  const stored = [
    ...sandbox.cluster.indexes.list('test'),
    ...(await import('../../lib/wire/globals/read-globals.ts').then(({ readUdfs }) =>
      Cluster.connect({ seeds: parseAddresses(seeds) }).then(async (cluster) => {
        const udfs = await readUdfs((command) => cluster.askAny(command));
        cluster.close();
        return udfs;
      }),
    )),
  ];
  t.strictSame(globals, stored);
  t.equal(info.records, 300);

  const kinds = async (options: Partial<ScanOptions>) => {
    const outcome = await run({ seeds, ...options });
    const found = new Set(outcome.globals.map(({ kind }) => kind));
    return [found.has('index'), found.has('udf'), outcome.scanned.messages.size];
  };
  t.strictSame(await kinds({ noIndexes: true }), [false, true, 300]);
  t.strictSame(await kinds({ noUdfs: true }), [true, false, 300]);
  t.strictSame(await kinds({ noRecords: true, refuseEmpty: true }), [true, true, 0]);
  await sandbox.close();
});

t.test('where to connect', async (t) => {
  const sandbox = await startSandbox({ records: 10 });
  const seeds = parseAddresses(sandbox.seeds.join());
  const notices: string[] = [];
  const onNotice = (notice: string) => notices.push(notice);
  t.equal((await run({ seeds, onNotice })).scanned.messages.size, 10, 'addresses');
  const cluster = await Cluster.connect({ seeds });
  t.equal((await run({ cluster })).scanned.messages.size, 10, 'a cluster that is connected');
  t.equal(await cluster.askAny('status'), 'ok', 'stays so');
  const early = scan({ ...QUICK, cluster });
  early.destroy();
  cluster.close();
  await sandbox.close();
  await t.rejects(run({ seeds }), { code: 'CONNECT' });
  await t.rejects(run({ seeds: 'h:0' }), { code: 'USAGE' });
});

t.test('nothing found', async (t) => {
  const sandbox = await startSandbox({ records: 100 });
  const seeds = sandbox.seeds.join();
  t.equal((await run({ seeds, sets: ['none'] })).scanned.messages.size, 0);
  await t.rejects(run({ seeds, sets: ['none'], refuseEmpty: true }), { code: 'EMPTY' });
  await t.rejects(run({ seeds, namespace: 'copy', refuseEmpty: true }), { code: 'EMPTY' });
  await t.rejects(run({ seeds, namespace: 'none' }), { code: 'NO_NAMESPACE' });
  const filtered = { seeds, sets: ['none'], noTtlOnly: true, refuseEmpty: true };
  await t.rejects(run(filtered), { code: 'EMPTY', message: /filters/ });
  await sandbox.close();
});

t.test('which records', async (t) => {
  const sandbox = await startSandbox({ nodes: 2, records: 2000 });
  const store = sandbox.cluster.namespaces.get('test')!;
  const BEGIN = Date.UTC(2026, 0, 1);
  [...store].forEach((record, index) => {
    const voidTime = index % 3 === 0 ? 0 : store.epochNow + 1000 + index;
    store.put({ ...record, voidTime, lastUpdate: BEGIN + (index % 300) });
  });
  const seeds = sandbox.seeds.join();
  const at = (ms: number) => BigInt(BEGIN + ms) * 1_000_000n;
  const placeOf = ({ digest: own }: StoredRecord) => partitionOf(own, 0);
  // Of three, the one in the middle.
  const { digest } = [...store].find((one, index, all) => {
    const [before, after] = [all[index - 1], all[index + 1]];
    return before && after && placeOf(before) === placeOf(one) && placeOf(one) === placeOf(after);
  })!;
  const middle = partitionOf(digest, 0);
  const list = `0-${middle},${digest.toString('base64')},${middle + 1}-50`;
  const isAfter = (one: StoredRecord) => placeOf(one) === middle && one.digest.compare(digest) < 0;
  for (const [what, options, keep] of [
    ['from a time on', { modifiedAfter: at(100) }, (one) => one.lastUpdate >= BEGIN + 100],
    [
      'a part of a ms later',
      { modifiedAfter: at(100) + 1n },
      (one) => one.lastUpdate > BEGIN + 100,
    ],
    ['before a time', { modifiedBefore: at(100) }, (one) => one.lastUpdate < BEGIN + 100],
    ['never expire', { noTtlOnly: true }, ({ voidTime }) => voidTime === 0],
    [
      'all of these',
      {
        modifiedAfter: at(50),
        modifiedBefore: at(200),
        noTtlOnly: true,
        sets: ['s1', 's2'],
        filterExpression: lastUpdateBefore(at(150)),
      },
      ({ lastUpdate, voidTime, set }) =>
        lastUpdate >= BEGIN + 50 &&
        lastUpdate < BEGIN + 150 &&
        voidTime === 0 &&
        ['s1', 's2'].includes(set.toString()),
    ],
    [
      'a list of partitions',
      parsePartitionList(list),
      (one) => isAfter(one) || (placeOf(one) !== middle && placeOf(one) <= middle + 50),
    ],
    [
      'after a digest',
      parseAfterDigest(digest.toString('base64')),
      (one) => isAfter(one) || placeOf(one) > middle,
    ],
    [
      'of a node',
      { nodes: ['A1'] },
      (one) => sandbox.cluster.partitions.owners(placeOf(one))[0] === 'A1',
    ],
    [
      'of a node, some partitions',
      { nodes: ['A1'], partitions: [1, 2, 3, 4, 5, 6, 7, 8, 9] },
      (one) =>
        placeOf(one) >= 1 &&
        placeOf(one) <= 9 &&
        sandbox.cluster.partitions.owners(placeOf(one))[0] === 'A1',
    ],
  ] satisfies [string, Partial<ScanOptions>, (record: StoredRecord) => boolean][]) {
    t.test(what, async (t) => {
      const { scanned } = await run({ seeds, ...options });
      const stored = storedMessages(sandbox, { keep });
      t.ok(stored.size > 0, 'something to find');
      sameRecords(t, scanned, stored);
    });
  }
  t.teardown(() => sandbox.close());
});

t.test('what cannot be is refused before a record is read', async (t) => {
  const sandbox = await startSandbox({
    nodes: 2,
    records: 10,
    replicationFactor: 1,
    racks: [1, 2],
  });
  const seeds = sandbox.seeds.join();
  await t.rejects(run({ seeds: 'h:0', modifiedAfter: 2n, modifiedBefore: 1n }), {
    code: 'USAGE',
    message: /modified/,
  });
  await t.rejects(run({ seeds, nodes: ['A3'] }), { code: 'USAGE', facts: { node: 'A3' } });
  await t.rejects(run({ seeds, onlyRacks: [1] }), { code: 'PARTITIONS', message: /rack 1/ });
  const { info } = await run({ seeds, onlyRacks: [1], noRecords: true });
  t.equal(info.records, 0, 'who wants no record needs no rack');
  t.equal((await run({ seeds, onlyRacks: [2, 1] })).info.records, 10);
  await sandbox.close();
});

t.test('a consumer that stalls stalls the node', async (t) => {
  const protoSize = 1024 * 1024;
  const count = 128;
  const sandbox = await startSandbox({ protoSize });
  const store = sandbox.cluster.namespaces.get('test')!;
  const blob = Buffer.alloc(protoSize);
  for (let id = 0; id < count; id++) {
    const digest = Buffer.alloc(20);
    digest.writeUInt16LE(id);
    const bins = [{ name: Buffer.from('b'), type: ParticleType.BLOB, bytes: blob }];
    const rest = {
      set: Buffer.alloc(0),
      key: undefined,
      generation: 1,
      voidTime: 0,
      lastUpdate: 0,
    };
    store.put({ digest, bins, ...rest });
  }
  let protos = 0;
  sandbox.nodes[0]!.faults.slow(async () => {
    protos++;
  });
  const stage = scan({ ...QUICK, seeds: sandbox.seeds.join() });
  const batches = stage[Symbol.asyncIterator]() as AsyncIterator<RecordChunk>;
  const records = async () => {
    const { value, done } = await batches.next();
    return done ? -1 : (value as RecordBatch).length;
  };
  let total = await records();
  // Whatever fits on the way is on its way when the node has not begun a proto for so long.
  for (let before = -1; before !== protos; ) {
    before = protos;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  t.ok(protos < count / 2, `${protos} MiB were begun while 1 was taken`);
  t.ok(stage.readableLength <= 3, 'batches that wait');
  for (let more = await records(); more >= 0; more = await records()) total += more;
  t.equal(total, count);
  await sandbox.close();
});

t.test('destroyed in mid-scan it leaves no connection', async (t) => {
  const sandbox = await startSandbox({ nodes: 3, records: 300, protoSize: 500 });
  for (const sayWhy of [undefined, new AsbError('ABORTED', 'enough')]) {
    for (const when of ['before', 'connecting', 'amid']) {
      const stage = scan({ ...QUICK, seeds: sandbox.seeds.join(), parallel: 3 });
      const errors: unknown[] = [];
      stage.on('error', (error) => errors.push(error));
      if (when === 'connecting')
        await until(() => sandbox.nodes.some((node) => node.connections > 0));
      if (when === 'amid') await until(() => stage.readableLength > 0);
      stage.destroy(sayWhy);
      await until(() => stage.closed);
      await until(() => sandbox.nodes.every(({ connections }) => connections === 0));
      t.strictSame(errors, sayWhy === undefined ? [] : [sayWhy], when);
    }
  }
  await sandbox.close();
});

t.test('destroyed while it asks which node is where', async (t) => {
  let stop = () => {};
  const node = await startFakeNode({
    info: (command) => {
      if (command === 'node') stop();
      return undefined;
    },
  });
  const cluster = await Cluster.connect({ seeds: [node] });
  for (const options of [{ cluster }, { seeds: [node] }]) {
    const nodes = [{ host: 'localhost', port: node.port }];
    const stage = scan({ ...QUICK, ...options, nodes });
    const connects = 'cluster' in options ? 0 : 1;
    let times = 0;
    stop = () => {
      if (++times > connects) stage.destroy();
    };
    await until(() => stage.closed && node.sockets.size === 1 - connects);
    if (connects === 0) cluster.close();
  }
  t.notOk(node.asked.includes('udf-list'), 'nothing is asked after');
  await node.close();
});

t.test('destroyed while it asks for globals', async (t) => {
  const node = await startFakeNode({ answers: (commands) => commands[0] !== 'udf-list' });
  const stage = scan({ ...QUICK, seeds: [node] });
  await until(() => node.asked.includes('udf-list'));
  stage.destroy();
  await until(() => node.sockets.size === 0);
  await node.close();

  let stop = () => {};
  const late = await startFakeNode({
    info: (command) => {
      if (command === 'udf-list') stop();
      return undefined;
    },
  });
  const cluster = await Cluster.connect({ seeds: [late] });
  const other = scan({ ...QUICK, cluster });
  stop = () => void other.destroy();
  await until(() => other.closed);
  t.equal(await cluster.askAny('status'), 'ok', 'the cluster of the caller stays');
  t.strictSame(other.info.records, 0);
  cluster.close();
  await late.close();
});

/** What a record holds, GeoJSON without the server's cells. */
const contentOf = (record: AsbRecord) => ({
  set: record.set,
  key: record.userKey && { type: record.userKey.type, bytes: Buffer.from(record.userKey.bytes) },
  voidTime: record.voidTime,
  bins: Array.from(record.binList(), ({ nameBytes, type, bytes }) => ({
    name: Buffer.from(nameBytes).toString('hex'),
    type,
    bytes: Buffer.from(bytes)
      .subarray(type === ParticleType.GEOJSON ? geoJsonTextOffset(bytes, 0) : 0)
      .toString('hex'),
  })).sort((a, b) => a.name.localeCompare(b.name)),
});

t.test('every particle type, as it was written', async (t) => {
  const target = await startTarget();
  const seeds = target.seeds.join();
  const namespace = target.copyNamespace;
  const remove = await writeEveryType(target.seeds[0]!, namespace);
  const stored = asBatches(namespace).map((batch) => batch.at(0)!);
  const scanAll = async (options: Partial<ScanOptions> = {}) => {
    const found = new Map<string, AsbRecord>();
    const sets = [EVERY_TYPE_SET];
    for await (const chunk of scan({ ...QUICK, namespace, seeds, sets, ...options })) {
      if (!(chunk instanceof RecordBatch)) continue;
      for (const record of chunk) found.set(record.digest.toString('hex'), record);
    }
    return found;
  };
  const all = await scanAll();
  t.equal(all.size, stored.length);
  for (const record of stored) {
    const found = all.get(record.digest.toString('hex'));
    t.strictSame(found && contentOf(found), contentOf(record), String(record.key));
  }
  const several = await scanAll({ sets: [EVERY_TYPE_SET, 'none'], parallel: 4 });
  t.strictSame([...several.keys()].sort(), [...all.keys()].sort());
  const picked = await scanAll({ bins: ['zero', 'geo'] });
  const wanted = stored.filter(({ bins }) => bins.has('zero') || bins.has('geo'));
  t.strictSame(
    [...picked.keys()].sort(),
    wanted.map(({ digest }) => digest.toString('hex')).sort(),
    'records with none of the bins are left out',
  );
  for (const record of (await scanAll({ noBins: true })).values()) t.equal(record.bins.size, 0);
  t.equal((await scanAll({ maxRecords: 5, parallel: 2 })).size, 5);
  await remove();
  t.equal((await scanAll()).size, 0);
  await target.close();
});

t.test('a node that is lost while it is asked for globals', async (t) => {
  const sandbox = await startSandbox({ records: 20 });
  const [node] = sandbox.nodes;
  const cluster = await Cluster.connect({ seeds: parseAddresses(sandbox.seeds.join()) });
  node?.resetConnections();
  const notices: string[] = [];
  const onNotice = (notice: string) => notices.push(notice);
  const stage = scan({ ...QUICK, cluster, onNotice });
  let chunks = 0;
  for await (const _chunk of stage) chunks++;
  t.ok(chunks > 2);
  t.equal(stage.info.records, 20);

  await node?.close();
  const slow = { ...QUICK, sleepBetweenRetries: 60_000 };
  const ending: ScanStage = scan({
    ...slow,
    cluster,
    onNotice: () => setImmediate(() => ending.destroy()),
  });
  ending.resume();
  await new Promise((resolve) => ending.once('close', resolve));
  t.equal(ending.errored, null);
  await t.rejects(run({ seeds: '', cluster, maxRetries: 1 }), { code: 'CONNECT' });
  cluster.close();
  await sandbox.close();
});

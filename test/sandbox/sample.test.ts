import t from 'tap';
import { PARTICLE_NAMES, ParticleType } from '../../lib/record/particle.ts';
import { Cluster } from '../../lib/sandbox/cluster.ts';
import { loadSample } from '../../lib/sandbox/sample.ts';
import { ODD_RECORDS } from '../../lib/sandbox/sample-odd.ts';

const load = (count: number): Cluster => {
  const cluster = new Cluster({
    namespaces: ['test'],
    replicationFactor: 1,
    clock: { now: () => Date.UTC(2026, 0, 1), sleep: async () => {} },
  });
  loadSample(cluster, 'test', count);
  return cluster;
};
const recordsOf = (cluster: Cluster) => [...(cluster.namespaces.get('test') ?? [])];

t.test('every particle type, in as many records as were asked for', async (t) => {
  const records = recordsOf(load(500));
  t.equal(records.length, 500);
  const types = new Set(records.flatMap(({ bins }) => bins.map(({ type }) => type)));
  const expected = [...PARTICLE_NAMES.keys()].filter((type) => type !== ParticleType.NULL);
  t.strictSame(
    [...types].sort((a, b) => a - b),
    expected.sort((a, b) => a - b),
  );
  const keys = new Set(records.map(({ key }) => key?.[0]));
  t.strictSame(
    keys,
    new Set([ParticleType.STRING, ParticleType.INTEGER, ParticleType.BLOB, undefined]),
  );
  t.ok(records.some(({ set }) => set.length === 0));
  t.ok(records.some(({ voidTime }) => voidTime > 0));
});

t.test('the same each time', async (t) => {
  t.strictSame(recordsOf(load(200)), recordsOf(load(200)));
});

t.test('few records are the odd ones', async (t) => {
  t.equal(recordsOf(load(3)).length, 3);
  t.equal(recordsOf(load(ODD_RECORDS.length)).length, ODD_RECORDS.length, 'no key twice');
});

t.test('indexes of all kinds, and UDF modules', async (t) => {
  const cluster = load(0);
  const indexes = cluster.indexes.list('test');
  const kinds = (pick: (index: (typeof indexes)[number]) => string) => new Set(indexes.map(pick));
  t.strictSame(
    kinds(({ collection }) => collection),
    new Set(['default', 'mapkeys', 'mapvalues', 'list']),
  );
  t.strictSame(
    kinds(({ type }) => type),
    new Set(['numeric', 'string', 'geo2dsphere', 'blob']),
  );
  t.ok(indexes.some(({ set }) => set === ''));
  t.ok(indexes.some(({ context }) => context !== undefined));
  t.ok(indexes.some(({ expression }) => expression !== undefined));
  t.equal(cluster.udfs.list().length, 2);
});

t.test('a namespace that is not there stays so', async (t) => {
  const cluster = load(0);
  loadSample(cluster, 'nope', 5);
  t.equal(cluster.indexes.list('nope').length, 0);
});

/**
 * Reads and writes while a cluster fails in every way that a sandbox can, many at once, and counts:
 * what is there all the time must come exactly once, with the same bytes.
 */
import { strict as assert } from 'node:assert';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { RecordBatch } from '../../lib/record/batch.ts';
import type { RecordChunk } from '../../lib/record/chunk.ts';
import { geoJsonTextOffset, ParticleType } from '../../lib/record/particle.ts';
import type { StoredRecord } from '../../lib/sandbox/index.ts';
import { load } from '../../lib/stages/load.ts';
import { parse } from '../../lib/stages/parse.ts';
import { scan } from '../../lib/stages/scan.ts';
import { serialize } from '../../lib/stages/serialize.ts';
import { parseAddresses } from '../../lib/wire/address.ts';
import { Cluster } from '../../lib/wire/cluster.ts';
import { Scanned, storedMessages } from '../helpers/scanned.ts';
import { ChaosCluster } from './cluster.ts';
import { type Schedule, scheduleOf } from './schedule.ts';

/** What is done while the cluster fails. */
export const KINDS = ['scan', 'scan|load', 'scan|serialize|parse|load'] as const;
export type Kind = (typeof KINDS)[number];

/** What came of one run. */
export interface Outcome {
  readonly records: number;
  readonly retries: number;
}

/** A failure, with all that it takes to see it again. */
export class ChaosError extends Error {
  constructor(kind: Kind, schedule: Schedule, notices: readonly string[], cause: unknown) {
    const told = notices.slice(-20).join('\n  ');
    super(
      `CHAOS_SEED=${schedule.seed} CHAOS_KIND='${kind}': ${cause}\n` +
        `schedule: ${JSON.stringify(schedule)}\nlast notices:\n  ${told}`,
      { cause },
    );
  }
}

/** Nothing is waited for longer than it must: a silent node is found out soon, and asked again at once. */
const QUICK = { socketTimeout: 20, maxRetries: 100, sleepBetweenRetries: 0 };
const QUICK_WRITES = { timeout: 200, maxRetries: 100, retryScale: 0 };
const INFO_TIMEOUT = 150;

/** Runs one schedule. @throws ChaosError if a record is lost, comes twice, or is another */
export const runChaos = async (seed: number, kind: Kind): Promise<Outcome> => {
  const schedule = scheduleOf(seed);
  const chaos = await ChaosCluster.start(schedule);
  const notices: string[] = [];
  const onNotice = (notice: string): void => {
    notices.push(notice);
    void chaos.tick();
  };
  const cluster = await Cluster.connect({
    seeds: parseAddresses(chaos.sandbox.seeds.join()),
    infoTimeout: INFO_TIMEOUT,
    onNotice,
  });
  try {
    return kind === 'scan'
      ? await scanAll(chaos, cluster, schedule, onNotice)
      : await loadAll(chaos, cluster, schedule, kind, onNotice);
  } catch (cause) {
    throw new ChaosError(kind, schedule, notices, cause);
  } finally {
    cluster.close();
    await chaos.sandbox.close();
  }
};

type OnNotice = (notice: string) => void;

const scanAll = async (
  chaos: ChaosCluster,
  cluster: Cluster,
  { parallel }: Schedule,
  onNotice: OnNotice,
): Promise<Outcome> => {
  const stored = storedMessages(chaos.sandbox);
  const scanned = new Scanned();
  const stage = scan({ ...QUICK, cluster, namespace: 'test', parallel, onNotice });
  const take = new Writable({
    objectMode: true,
    write(chunk: RecordChunk, _encoding, done) {
      if (chunk.kind === 'records') scanned.take(chunk satisfies RecordBatch);
      done();
    },
  });
  await pipeline(stage, take);
  assert.deepEqual(scanned.twice, [], 'records that came twice');
  for (const digest of chaos.lasting.keys()) {
    assert.equal(scanned.messages.get(digest), stored.get(digest), `record ${digest}`);
  }
  for (const digest of scanned.messages.keys()) {
    const known = chaos.lasting.has(digest) || chaos.fleeting.has(digest);
    assert.ok(known, `a record that never was: ${digest}`);
  }
  return { records: stage.info.records, retries: stage.info.retries };
};

const loadAll = async (
  chaos: ChaosCluster,
  cluster: Cluster,
  { parallel, batchSize }: Schedule,
  kind: Kind,
  onNotice: OnNotice,
): Promise<Outcome> => {
  const from = scan({ ...QUICK, cluster, namespace: 'test', parallel, onNotice });
  const to = load({ ...QUICK_WRITES, cluster, namespace: 'copy', batchSize, onNotice });
  if (kind === 'scan|load') await pipeline(from, to);
  else await pipeline(from, serialize({ namespace: 'test' }), parse(), to);
  const { info } = to;
  const settled = info.inserted + info.inDoubt + info.expired + info.skipped;
  assert.deepEqual([info.total, settled], [from.info.records, from.info.records], 'N in, N out');
  const copy = chaos.sandbox.cluster.namespaces.get('copy')!;
  for (const [digest, record] of chaos.lasting) {
    const written = copy.get(record.digest);
    assert.equal(written && contentOf(written), contentOf(record), `record ${digest}`);
  }
  assert.equal(copy.count(), info.inserted + info.inDoubt, 'records that are there');
  assert.equal(info.indexes.created, chaos.sandbox.cluster.indexes.list('copy').length, 'indexes');
  return { records: info.total, retries: from.info.retries + info.retried };
};

/** What of a record must be the same: a server makes the cells of GeoJSON anew. */
const contentOf = ({ set, key, bins }: StoredRecord): string => {
  const texts = bins.map(({ name, type, bytes }) => {
    const from = type === ParticleType.GEOJSON ? geoJsonTextOffset(bytes, 0) : 0;
    return `${name} ${type} ${bytes.toString('hex', from)}`;
  });
  return [set, key?.toString('hex'), ...texts].join('\n');
};

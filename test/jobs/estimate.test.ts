import t from 'tap';
import { backup } from '../../lib/jobs/backup.ts';
import { type EstimateOptions, estimate } from '../../lib/jobs/estimate.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../lib/sandbox/index.ts';
import { setIs } from '../../lib/wire/scan/filter-expression.ts';
import { PEM_KEY } from '../helpers/keys.ts';

const RECORDS = 4000;

const sandboxOf = async (options: SandboxOptions = {}): Promise<Sandbox> => {
  const sandbox = await startSandbox({ records: RECORDS, ...options });
  t.teardown(() => sandbox.close());
  return sandbox;
};
const one = await sandboxOf();
const three = await sandboxOf({ nodes: 3, replicationFactor: 2 });
const none = await sandboxOf({ records: 0 });

const optionsOf = (sandbox: Sandbox, options: Partial<EstimateOptions> = {}): EstimateOptions => ({
  seeds: sandbox.seeds.join(),
  namespace: 'test',
  ...options,
});

/** A digest amid a partition, and the partition. */
const amid = (sandbox: Sandbox): [number, Buffer] => {
  const digests = [...sandbox.cluster.namespaces.get('test')!].map(({ digest }) => digest);
  const digest = digests.find((bytes) => bytes[1]! >> 4 === 7)!;
  return [digest.readUInt16LE() & 4095, digest];
};
const [begun, position] = amid(one);

interface Row {
  readonly what: string;
  readonly sandbox?: Sandbox;
  readonly options?: Partial<EstimateOptions>;
  /** Whether nothing had to be guessed. */
  readonly exact?: boolean;
  /** So few that a sample may not have any of the few large records. */
  readonly few?: boolean;
}

const odd = setIs('odd');
const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, index) => from + index);

const rows: readonly Row[] = [
  { what: 'all of it', exact: true },
  { what: 'all of it, on three nodes', sandbox: three, exact: true },
  { what: 'compressed', options: { compress: 'zstd' }, exact: true },
  { what: 'with a level', options: { compress: 'zstd', compressionLevel: 1 }, exact: true },
  { what: 'compact', options: { compact: true }, exact: true },
  {
    what: 'encrypted',
    options: { encryption: { mode: 'aes256', key: PEM_KEY } },
    exact: true,
  },
  { what: 'without globals', options: { noIndexes: true, noUdfs: true }, exact: true },
  { what: 'a set', options: { sets: ['odd'] }, exact: true },
  { what: 'a filter', options: { filterExpression: odd }, exact: true },
  { what: 'no bins', options: { noBins: true }, exact: true },
  { what: 'some bins', options: { bins: ['a'] }, exact: true },
  {
    what: 'some partitions, one twice',
    options: { partitions: [...range(5, 90), 5] },
    exact: true,
  },
  { what: 'one partition', options: { partitions: [begun] }, exact: true },
  { what: 'no partition', options: { partitions: [], allowEmpty: true }, exact: true },
  { what: 'nothing there', sandbox: none, options: { allowEmpty: true }, exact: true },
  {
    what: 'nothing there, compressed',
    sandbox: none,
    options: { allowEmpty: true, compress: 'zstd' },
    exact: true,
  },
  { what: 'a sample', options: { samples: 500 } },
  { what: 'a sample of three nodes', sandbox: three, options: { samples: 500 } },
  { what: 'a small sample', options: { samples: 30 }, few: true },
  { what: 'one record', options: { samples: 1 } },
  { what: 'a sample of a set', options: { samples: 300, sets: ['s1'] } },
  { what: 'a sample behind a filter', options: { samples: 300, filterExpression: setIs('s1') } },
  { what: 'a small one behind a filter', options: { samples: 40, filterExpression: setIs('s1') } },
  {
    what: 'a filter that takes nearly all',
    options: { samples: 100, modifiedAfter: 1n },
  },
  { what: 'a sample of some partitions', options: { samples: 200, partitions: range(0, 2048) } },
  {
    what: 'a sample of partitions, one of them begun',
    options: {
      samples: 20,
      partitions: [begun, ...range(0, 60).filter((id) => id !== begun)],
      positions: new Map([[begun, position]]),
    },
  },
  { what: 'so many records at most', options: { samples: 100, maxRecords: 50 } },
  { what: 'more records than there are', options: { samples: 100, maxRecords: 1e6 } },
];

for (const { what, sandbox = one, options = {}, exact = false, few = false } of rows) {
  t.test(what, async (t) => {
    const { samples: _samples, ...shape } = options;
    const [estimated, made] = await Promise.all([
      estimate(optionsOf(sandbox, options)).done,
      backup({ ...optionsOf(sandbox, shape), outputFile: `${t.testdir()}/all.asb` }).done,
    ]);
    const { records, bytes, compressedBytes } = estimated;
    const packed = options.compress !== undefined;
    t.equal(compressedBytes !== undefined, packed);
    if (exact) {
      t.strictSame(records, { value: made.records, least: made.records, most: made.records });
      t.equal(bytes.least, bytes.most);
      if (!packed) t.equal(bytes.value, made.bytes);
      else t.ok(Math.abs(compressedBytes! / made.bytes - 1) < 0.02, `${compressedBytes}`);
      t.equal(estimated.samples, made.records);
      return;
    }
    t.ok(bytes.least < bytes.most, 'it was a sample');
    t.ok(estimated.samples < RECORDS, `${estimated.samples} samples`);
    t.ok(records.least <= made.records && made.records <= records.most, JSON.stringify(records));
    if (few) return;
    t.ok(bytes.least <= made.bytes && made.bytes <= bytes.most, `${JSON.stringify(bytes)}`);
  });
}

t.test('partitions of one node', async (t) => {
  const nodes = [three.seeds[1]!].map((seed) => ({
    host: '127.0.0.1',
    port: Number(seed.split(':')[1]),
  }));
  const { records } = await estimate(optionsOf(three, { nodes })).done;
  const { records: written } = await backup({
    ...optionsOf(three, { nodes }),
    outputFile: `${t.testdir()}/node.asb`,
  }).done;
  t.strictSame(records, { value: written, least: written, most: written });
  t.ok(written > RECORDS / 6 && written < RECORDS / 2);
});

t.test('what nobody could find, without looking at everything', async (t) => {
  const filterExpression = setIs('no such set');
  const estimated = await estimate(optionsOf(one, { filterExpression, samples: 5 })).done;
  t.match(estimated, { records: { value: 0, least: 0 } });
  t.ok(estimated.records.most > 10 && estimated.records.most < 500, 'perhaps a few');
  t.ok(estimated.bytes.most > estimated.records.most * 50, 'of which each has some bytes');
});

t.test('what goes wrong', async (t) => {
  const failing: readonly [string, EstimateOptions, string][] = [
    ['nothing there', optionsOf(none), 'EMPTY'],
    ['no such set', optionsOf(one, { sets: ['none'] }), 'EMPTY'],
    ['filters take nothing', optionsOf(one, { filterExpression: setIs('none') }), 'EMPTY'],
    ['no such namespace', { ...optionsOf(one), namespace: 'none' }, 'NO_NAMESPACE'],
    ['no sample', optionsOf(one, { samples: 0 }), 'USAGE'],
    ['no whole number', optionsOf(one, { samples: 1.5 }), 'USAGE'],
    ['no cluster', { ...optionsOf(one), seeds: '127.0.0.1:1' }, 'CONNECT'],
  ];
  for (const [what, options, code] of failing) {
    await t.rejects(estimate(options).done, { code }, what);
  }
});

t.test('stopped at any time', async (t) => {
  const slow = await sandboxOf({ records: 500 });
  const waits: (() => void)[] = [];
  let isSlow = false;
  slow.nodes[0]!.faults.slow(async () => {
    if (isSlow) await new Promise<void>((resolve) => waits.push(resolve));
  });
  const before = estimate(optionsOf(slow));
  before.abort();
  await t.rejects(before.done, { code: 'ABORTED', message: /stopped/ });
  isSlow = true;
  const amid = estimate(optionsOf(slow));
  t.strictSame(amid.progress, { samples: 0, wanted: 10_000, bytes: 0 });
  while (waits.length === 0) await new Promise((resolve) => setImmediate(resolve));
  amid.abort('by a signal');
  await t.rejects(amid.done, { code: 'ABORTED', message: /by a signal/ });
  for (const go of waits) go();
  isSlow = false;
  const whole = estimate(optionsOf(slow));
  const { bytes } = await whole.done;
  t.match(whole.progress, { samples: 500, wanted: 10_000 });
  t.ok(whole.progress.bytes > bytes.value / 2 && whole.progress.bytes < bytes.value);
});

import fc from 'fast-check';
import t from 'tap';
import { type BackupState, parseState, stateText } from '../../lib/jobs/backup-state.ts';
import { Coverage } from '../../lib/record/coverage.ts';
import { Extent } from '../../lib/record/extent.ts';

const coverageOf = (digests: readonly Uint8Array[], globals = 0): Coverage => {
  const extent = new Extent();
  extent.indexes = globals;
  for (const digest of digests) extent.record(digest, 0);
  extent.settle();
  const coverage = new Coverage();
  coverage.add(extent);
  return coverage;
};

const SHA256 = 'ab'.repeat(32);
const stateOf = (digests: readonly Uint8Array[], part?: BackupState['part']): BackupState => ({
  tool: 'asb-streams 1.2.3',
  namespace: 'test',
  options: { sets: ['a'], compress: 'zstd' },
  begun: new Date(1_700_000_000_000),
  replaces: true,
  files: [
    {
      name: 'test_00000.asb',
      bytes: 1000,
      sha256: SHA256,
      records: digests.length,
      indexes: 3,
      udfs: 0,
      partitions: '0-7',
    },
  ],
  part,
  coverage: coverageOf(digests, 3),
  holders: new Map([['A1', Buffer.alloc(512, 0xf0)]]),
});
const shown = ({ coverage, holders, ...rest }: BackupState) => ({
  ...rest,
  nodes: [...holders].map(([name, bitmap]) => [name, Buffer.from(bitmap).toString('hex')]),
  counts: [coverage.records, coverage.indexes, coverage.udfs],
  positions: [...coverage.positions()].map(([id, digest]) => [id, digest.toString('hex')]),
});

t.test('what is written is read', async (t) => {
  const digests = fc.array(fc.uint8Array({ minLength: 20, maxLength: 20 }), { maxLength: 40 });
  fc.assert(
    fc.property(digests, (all) => {
      const state = stateOf(all);
      t.strictSame(shown(parseState(stateText(state), 'f')), shown(state));
    }),
  );
  const shard = { index: 2, count: 4 };
  const { shard: read } = parseState(stateText({ ...stateOf([]), shard }), 'f');
  t.strictSame(read, shard);
  const base = { bytes: 5, records: 1, indexes: 0, udfs: 2 };
  for (const part of [base, { ...base, sha256: SHA256 }]) {
    const { part: read, coverage } = parseState(stateText(stateOf([], part)), 'f');
    t.strictSame(read, part);
    t.match(coverage, { records: 1, indexes: 3, udfs: 2 });
  }
});

t.test('what somebody has changed is told with its field', async (t) => {
  const digest = Buffer.alloc(20);
  const good = JSON.parse(stateText(stateOf([digest])));
  const rows: readonly [string, object, RegExp][] = [
    ['another document', { what: 'asb-streams manifest' }, /no asb-streams backup state/],
    ['a form to come', { form: 2 }, /form 2/],
    [
      'a partition that is none',
      { positions: { 4096: digest.toString('base64') } },
      /positions\.4096/,
    ],
    ['a word', { positions: { x: digest.toString('base64') } }, /positions\.x/],
    ['of another partition', { positions: { 1: digest.toString('base64') } }, /positions\.1/],
    ['a digest cut short', { positions: { 0: 'AAAA' } }, /positions\.0/],
    ['a part without bytes', { part: {} }, /part\.bytes/],
    ['a bitmap cut short', { nodes: { A1: 'AAAA' } }, /nodes\.A1/],
    ['no files', { files: 1 }, /files/],
    ['no time', { begun: 'yesterday' }, /begun/],
    ['a word for a flag', { replaces: 'yes' }, /replaces/],
  ];
  for (const [what, changes, message] of rows) {
    const text = JSON.stringify({ ...good, ...changes });
    t.throws(
      () => parseState(text, 'the-file'),
      { code: 'FORMAT', message, facts: { file: 'the-file' } },
      what,
    );
  }
});

import t from 'tap';
import { shardFailures } from '../../lib/jobs/shard-check.ts';
import { manifestOf } from '../helpers/manifests.ts';

type Changes = Parameters<typeof manifestOf>[1];

/** A manifest of a file of this name. */
const read = (name: string, changes: Changes = {}) => ({
  location: `out/${name}.manifest.json`,
  manifest: manifestOf({}, changes),
});
const shard = (index: number, count: number, changes: Changes = {}) =>
  read(`test-${index}-of-${count}`, { shard: { index, count }, ...changes });

/** The same with a prefix that was given. */
const prefixed = (prefix: string, index: number, count: number) =>
  read(`${prefix}-${index}-of-${count}`, { shard: { index, count }, options: { prefix } });

const manifest = (name: string): string => `out/${name}.manifest.json`;

t.test('what belongs together, and what does not', async (t) => {
  const rows: Readonly<
    Record<string, readonly [ReturnType<typeof read>[], readonly (readonly [string, string])[]]>
  > = {
    nothing: [[], []],
    'no shards': [[read('test'), read('copy'), read('b', { namespace: 'b' })], []],
    'one of one': [[shard(1, 1)], []],
    all: [[shard(3, 3), shard(1, 3), shard(2, 3)], []],
    'one is missing': [[shard(1, 3), shard(3, 3)], [['NOT_FOUND', 'test-2-of-3']]],
    'the first is missing': [[shard(2, 2)], [['NOT_FOUND', 'test-1-of-2']]],
    'most are missing': [[shard(2, 4096)], [['NOT_FOUND', 'test-1-of-4096']]],
    'two counts': [[shard(1, 2), shard(2, 3)], [['FORMAT', 'test-2-of-3']]],
    'two whole ones': [[shard(1, 1), shard(1, 2), shard(2, 2)], [['FORMAT', 'test-1-of-2']]],
    'beside a whole backup': [[shard(1, 1), read('test')], [['FORMAT', 'test']]],
    'a whole backup first': [[read('test'), shard(1, 1)], [['FORMAT', 'test']]],
    twice: [
      [shard(1, 2), shard(2, 2), read('copy', { shard: { index: 2, count: 2 } })],
      [['FORMAT', 'copy']],
    ],
    'twice, and one is missing': [
      [shard(1, 2), read('copy', { shard: { index: 1, count: 2 } })],
      [
        ['FORMAT', 'copy'],
        ['NOT_FOUND', 'test-2-of-2'],
      ],
    ],
    'other sets': [
      [shard(1, 2, { options: { sets: ['a'] } }), shard(2, 2, { options: { sets: ['b'] } })],
      [['FORMAT', 'test-2-of-2']],
    ],
    'an option more': [
      [shard(1, 2), shard(2, 2, { options: { compact: true } })],
      [['FORMAT', 'test-2-of-2']],
    ],
    'an option less': [
      [shard(1, 2, { options: { compact: true } }), shard(2, 2)],
      [['FORMAT', 'test-2-of-2']],
    ],
    'two backups': [
      [shard(1, 2), prefixed('p', 2, 3), shard(2, 2), prefixed('p', 1, 3), read('b')],
      [
        ['FORMAT', 'b'],
        ['NOT_FOUND', 'p-3-of-3'],
      ],
    ],
    'two whole backups': [[prefixed('q', 1, 1), prefixed('p', 2, 2), prefixed('p', 1, 2)], []],
    'a prefix of two namespaces': [
      [prefixed('p', 1, 2), read('x', { namespace: 'b', shard: { index: 2, count: 2 } })],
      [
        ['NOT_FOUND', 'p-2-of-2'],
        ['NOT_FOUND', 'b-1-of-2'],
      ],
    ],
  };
  for (const [name, [manifests, failures]] of Object.entries(rows)) {
    const found = shardFailures('out', manifests, new Set());
    t.strictSame(
      found.map(({ code, facts: { file } }) => [code, file]),
      failures.map(([code, file]) => [code, manifest(file)]),
      name,
    );
  }
});

t.test('shards of one prefix, but of two namespaces', async (t) => {
  const options = { prefix: 'p' };
  const [one, other] = [1, 2].map((index) =>
    read(`p-${index}-of-2`, { options, namespace: `${index}`, shard: { index, count: 2 } }),
  );
  t.match(shardFailures('out', [one!, other!], new Set()), [
    { code: 'FORMAT', facts: { file: other!.location, expected: 'namespace "1"' } },
  ]);
});

t.test('a manifest that could not be read is not called missing', async (t) => {
  const unread = new Set([manifest('test-2-of-4')]);
  t.strictSame(
    shardFailures(
      'out',
      [1, 3, 4].map((index) => shard(index, 4)),
      unread,
    ),
    [],
  );
  t.match(
    shardFailures(
      'out',
      [1, 4].map((index) => shard(index, 4)),
      unread,
    ),
    [{ code: 'NOT_FOUND', facts: { file: manifest('test-3-of-4') } }],
  );
});

t.test('shards that are missing are named', async (t) => {
  for (const [there, words] of [
    [[1, 2, 4], 'shard 3 of 4'],
    [[1], 'shards 2-4 of 4'],
    [[3], 'shards 1-2,4 of 4'],
  ] as const) {
    const [failure] = shardFailures(
      's3://b/p',
      there.map((index) => shard(index, 4)),
      new Set(),
    );
    t.ok(failure?.message.startsWith(words), words);
    t.match(failure?.facts, { file: /^s3:\/\/b\/p\/test-\d-of-4\.manifest\.json$/ });
  }
});

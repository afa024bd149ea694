import t from 'tap';
import type { SecondaryIndex, UdfModule } from '../../../lib/record/globals.ts';
import { parseAddresses } from '../../../lib/wire/address.ts';
import { Cluster } from '../../../lib/wire/cluster.ts';
import { GlobalWriter, type GlobalWriterOptions } from '../../../lib/wire/globals/global-writer.ts';
import { readIndexes, readUdfs } from '../../../lib/wire/globals/read-globals.ts';
import { startFakeNode } from '../../helpers/fake-node.ts';
import { startTarget } from '../../helpers/target.ts';

/** Names of this process's own: tests share the real server. */
const SET = `globals ${process.pid}`;

const index = (changes: Partial<SecondaryIndex> = {}): SecondaryIndex => ({
  kind: 'index',
  namespace: 'test',
  set: SET,
  name: `${SET} i`,
  collection: 'default',
  type: 'numeric',
  bin: 'b',
  ...changes,
});
const udf = (name: string, content: string): UdfModule => ({
  kind: 'udf',
  name,
  language: 'LUA',
  content: Buffer.from(content),
});

/** A cluster for both namespaces, and its indexes and modules of ours. */
const withTarget = async (
  act: (
    make: (options?: Partial<GlobalWriterOptions>) => GlobalWriter,
    ours: () => Promise<(SecondaryIndex | UdfModule)[]>,
  ) => Promise<void>,
): Promise<void> => {
  const target = await startTarget({ nodes: 3 });
  const cluster = await Cluster.connect({ seeds: parseAddresses(target.seeds.join(',')) });
  const ask = (command: string) => cluster.askAny(command);
  const ours = async () => [
    ...(await readIndexes(ask, 'copy')).filter(({ name }) => name.startsWith(SET)),
    ...(await readUdfs(ask)).filter(({ name }) => name.startsWith(SET)),
  ];
  try {
    await act((options) => new GlobalWriter(cluster, { namespace: 'copy', ...options }), ours);
  } finally {
    for (const { kind, name } of await ours()) {
      await ask(
        kind === 'index'
          ? `sindex-delete:ns=copy;indexname=${name}`
          : `udf-remove:filename=${name}`,
      );
    }
    cluster.close();
    await target.close();
  }
};

const INDEXES: readonly SecondaryIndex[] = [
  index({ name: `${SET} 1` }),
  index({ name: `${SET} 2`, collection: 'list', type: 'string', set: '' }),
  index({ name: `${SET} 3`, collection: 'mapkeys', type: 'blob', context: 'khAA' }),
  index({ name: `${SET} 4`, collection: 'mapvalues', type: 'geo2dsphere', bin: 'x:y=z ü' }),
  index({ name: `${SET} 5`, bin: '', expression: 'k1ECo2ludA==' }),
  index({ name: `${SET} 6`, bin: '', collection: 'set', type: 'none' }),
  index({ name: `${SET} 7:=,|\t`, set: `${SET}:=,\t` }),
];
const MODULES = [udf(`${SET} a.lua`, 'return 1\n'), udf(`${SET}:=,.lua`, '-- \n')];

t.test('globals of every form come to be, and are left alone the next time', (t) =>
  withTarget(async (make, ours) => {
    const byName = (one: { name: string }, other: { name: string }) =>
      one.name < other.name ? -1 : 1;
    for (const [round, counts] of [
      [1, { created: 7, replaced: 0, same: 0 }],
      [2, { created: 0, replaced: 0, same: 7 }],
    ] as const) {
      const writer = make({ wait: round === 1 });
      for (const global of [...INDEXES, ...MODULES]) await writer.write(global);
      await writer.settle();
      t.strictSame(writer.info.indexes, counts);
      t.equal(writer.info.udfs.created + writer.info.udfs.same, 2);
      t.strictSame(
        (await ours()).sort(byName),
        [...INDEXES.map((one) => ({ ...one, namespace: 'copy' })), ...MODULES].sort(byName),
        'they say the namespace where they are',
      );
    }
  }),
);

t.test('what is there under the same name, and different, is replaced', (t) =>
  withTarget(async (make, ours) => {
    const notices: string[] = [];
    const writer = make({ onNotice: (notice) => notices.push(notice) });
    for (const bin of ['b', 'c']) await writer.write(index({ bin }));
    for (const content of ['-- 1\n', '-- 2\n']) await writer.write(udf(`${SET}.lua`, content));
    await writer.settle();
    const counts = { created: 1, replaced: 1, same: 0 };
    t.strictSame(writer.info, { indexes: counts, udfs: counts });
    t.match(await ours(), [{ bin: 'c' }, { content: Buffer.from('-- 2\n') }]);

    await writer.write(index({ name: `${SET} other`, bin: 'c' }));
    await writer.settle();
    t.match(await ours(), [{ name: `${SET} other` }, {}], 'the server keeps one index of a kind');
    t.equal(notices.length, 1, 'and that is told');

    await writer.write(index({ set: 'null', bin: 'd' }));
    t.match(await ours(), [{}, { set: '', bin: 'd' }, {}], "asbackup's null is no set");
    t.equal(notices.length, 2);
  }),
);

t.test('what the server refuses, and what it is not asked', (t) =>
  withTarget(async (make, ours) => {
    const writer = make();
    const rows = [
      [index({ bin: '' }), 'SERVER'],
      [index({ context: 'no base64!' }), 'SERVER'],
      [udf(`${SET}`, 'return 1'), 'SERVER'],
      [index({ name: 'a;b' }), 'FORMAT'],
      [udf('a/b.lua', ''), 'FORMAT'],
    ] as const;
    for (const [global, code] of rows) await t.rejects(writer.write(global), { code });
    t.strictSame(await ours(), []);
    writer.close();
    await t.rejects(writer.write(index()), { code: 'ABORTED' });
  }),
);

/** A writer to a node that answers from a table; what is not in it is `ok`. */
const withAnswers = async (
  answers: (command: string) => string | undefined,
  options: Partial<GlobalWriterOptions>,
  act: (writer: GlobalWriter, asked: readonly string[]) => Promise<void>,
  hangsUp: (command: string) => boolean = () => false,
): Promise<void> => {
  const node = await startFakeNode({
    info: (command) => {
      if (/^(?:node|part|peers|replicas|status)/.test(command)) return undefined;
      return answers(command) ?? (command === 'build' ? '6.0.0.1' : 'ok');
    },
    answers: ([command = '']) => (hangsUp(command) ? 'close' : true),
  });
  const cluster = await Cluster.connect({ seeds: [node] });
  await act(new GlobalWriter(cluster, { namespace: 'test', ...options }), node.asked);
  cluster.close();
  await node.close();
};

const listed = ({ name, bin }: SecondaryIndex): string =>
  `ns=test:indexname=${name}:set=${SET}:bin=${bin}:type=numeric:indextype=default:state=RW`;
/** The last of these stays. */
const oneByOne = (...values: readonly string[]) => {
  let at = 0;
  return () => values[Math.min(at++, values.length - 1)];
};

t.test('an index of another definition goes first, however long that takes', (t) => {
  const other = listed(index({ bin: 'x' }));
  const list = oneByOne(other, other, other, '', listed(index()));
  return withAnswers(
    (command) => (command.startsWith('sindex-list') ? list() : undefined),
    {},
    async (writer, asked) => {
      await writer.write(index());
      await writer.settle();
      t.strictSame(
        asked
          .filter((command) => /^sindex-[cd]/.test(command))
          .map((command) => command.slice(0, 13)),
        ['sindex-delete', 'sindex-create'],
      );
      t.equal(writer.info.indexes.replaced, 1);
    },
  );
});

t.test('waiting looks at nodes until the index is built', (t) => {
  const stat = oneByOne(
    'FAIL:201:NO INDEX',
    'load_pct=0',
    'keys=1;load_pct=99;x=1',
    'load_pct=100',
  );
  const list = oneByOne('', '', listed(index()));
  const answers = (command: string) => {
    if (command.startsWith('sindex-list')) return list();
    return command.startsWith('sindex/') ? stat() : undefined;
  };
  return withAnswers(answers, { wait: true }, async (writer, asked) => {
    await writer.write(index());
    await writer.settle();
    t.equal(asked.filter((command) => command.startsWith('sindex/')).length, 4);
  });
});

t.test('what was accepted and is not there', async (t) => {
  const answers = (command: string) => (command.startsWith('sindex-list') ? '' : undefined);
  const lost = async (global: SecondaryIndex | UdfModule): Promise<void> =>
    withAnswers(answers, { timeout: 30 }, async (writer) => {
      await writer.write(global);
      await t.rejects(writer.settle(), { code: 'SERVER', message: /accepted .*does not have it/ });
    });
  await lost(index());
  await lost(udf('a.lua', '-- 1'));
});

t.test('closed while it waits', (t) =>
  withAnswers(
    (command) => (command.startsWith('sindex-list') ? '' : undefined),
    {},
    async (writer) => {
      await writer.write(index());
      const settled = writer.settle();
      setImmediate(() => writer.close());
      await t.rejects(settled, { code: 'ABORTED' });
    },
  ),
);

t.test('a node that is lost while it is waited for', (t) => {
  let hangs = 1;
  const answers = (command: string) => {
    if (command.startsWith('sindex-list')) return listed(index());
    return command.startsWith('sindex/') ? 'load_pct=100' : undefined;
  };
  return withAnswers(
    answers,
    { wait: true },
    async (writer) => {
      await writer.write(index());
      await writer.settle();
      t.equal(hangs, -1, 'it was asked again');
    },
    (command) => command.startsWith('sindex/') && hangs-- > 0,
  );
});

t.test('an answer that is no list', (t) =>
  withAnswers(
    (command) => (command.startsWith('sindex-list') ? 'FAIL:4:x' : undefined),
    {},
    async (writer) => {
      await t.rejects(writer.write(index()), { code: 'SERVER', facts: { resultCode: 4 } });
    },
  ),
);

t.test('an answer that is nonsense, while waiting', (t) => {
  const list = oneByOne('', 'ns=nonsense');
  return withAnswers(
    (command) => (command.startsWith('sindex-list') ? list() : undefined),
    {},
    async (writer) => {
      await writer.write(index());
      await t.rejects(writer.settle(), { code: 'PROTOCOL' });
    },
  );
});

for (const [what, kind] of [
  ['an index', 'index'],
  ['a UDF module', 'udf'],
] as const) {
  const global = kind === 'index' ? index() : udf(`${SET}.lua`, '-- 1\n');
  const told = kind === 'index' ? 'sindex-create' : 'udf-put';

  t.test(`a node that is lost when it has been told of ${what}: done, or not`, async (t) => {
    for (const heard of [true, false]) {
      let there = false;
      let hangs = 1;
      const notices: string[] = [];
      const content = Buffer.from('-- 1\n').toString('base64');
      await withAnswers(
        (command) => {
          if (command.startsWith('sindex-list')) return there ? listed(index()) : '';
          if (command.startsWith('udf-get')) return there ? `type=LUA;content=${content};` : 'gone';
          if (command.startsWith(told)) there = true;
          return undefined;
        },
        { sleepBetweenRetries: 1, onNotice: (notice) => notices.push(notice) },
        async (writer, asked) => {
          await writer.write(global);
          await writer.settle();
          const counts = { created: 1, replaced: 0, same: 0 };
          t.strictSame(kind === 'index' ? writer.info.indexes : writer.info.udfs, counts);
          const times = asked.filter((command) => command.startsWith(told)).length;
          t.equal(times, heard ? 1 : 2, 'told again only if it is not there');
          t.equal(notices.length, 1);
        },
        (command) => {
          if (!command.startsWith(told) || hangs-- <= 0) return false;
          there = heard;
          return true;
        },
      );
    }
  });
}

t.test('a node that is lost for good', async (t) => {
  for (const when of ['sindex-list', 'sindex-create']) {
    let retries = 0;
    await withAnswers(
      (command) => (command.startsWith('sindex-list') ? '' : undefined),
      { sleepBetweenRetries: 1, maxRetries: 2, onNotice: () => retries++ },
      async (writer) => {
        await t.rejects(writer.write(index()), { code: 'NETWORK' });
        t.equal(retries, 2);
      },
      (command) => command.startsWith(when),
    );
  }
});

t.test('closed while it waits to try again', (t) => {
  let close = () => {};
  return withAnswers(
    () => undefined,
    { sleepBetweenRetries: 60_000, onNotice: () => setImmediate(close) },
    async (writer) => {
      close = () => writer.close();
      await t.rejects(writer.write(index()), { code: 'ABORTED' });
    },
    (command) => command.startsWith('sindex-list'),
  );
});

t.test('all nodes gone while something is waited for', async (t) => {
  const node = await startFakeNode({
    info: (command) => (/^(?:udf-put|build)/.test(command) ? 'ok' : undefined),
  });
  const cluster = await Cluster.connect({ seeds: [node] });
  const writer = new GlobalWriter(cluster, { namespace: 'test', timeout: 50, wait: true });
  await writer.write(udf('a.lua', '-- 1'));
  await node.close();
  await t.rejects(writer.settle(), { code: 'NETWORK' });
  t.strictSame(cluster.nodes, []);
  const retries = { maxRetries: 1, sleepBetweenRetries: 1 };
  const another = new GlobalWriter(cluster, { namespace: 'test', ...retries });
  await t.rejects(another.write(udf('b.lua', '-- 1')), { code: 'NETWORK' });
  cluster.close();
});

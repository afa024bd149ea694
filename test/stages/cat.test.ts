import { once } from 'node:events';
import { Readable } from 'node:stream';
import t from 'tap';
import { textFailure } from '../../lib/asb/failure.ts';
import { giveBack } from '../../lib/memory/buffer-pool.ts';
import { cat } from '../../lib/stages/cat.ts';
import type { StoredFile } from '../../lib/storage/stored-file.ts';
import { framesFailure } from '../../lib/zstd/failure.ts';
import {
  GLOBALS,
  HEADER,
  manyRecords,
  NEXT_HEADER,
  RECORDS,
  TEXT,
  UNIT_ENDS,
} from '../helpers/asb-text.ts';
import { checkedFrame, frame, skippable } from '../helpers/frames.ts';
import { inChunks } from '../helpers/streams.ts';

/** How often a file was opened, and how many times it is open. */
interface Count {
  opened: number;
  open: number;
}

interface FileOptions {
  readonly name?: string;
  readonly chunkSize?: number;
  readonly isPipe?: boolean;
  readonly count?: Count;
}

/** A file in memory. */
const fileOf = (
  content: string | Buffer,
  {
    name = 'a.asb',
    chunkSize = 64 * 1024,
    isPipe = false,
    count = { opened: 0, open: 0 },
  }: FileOptions = {},
): StoredFile => {
  const bytes = Buffer.from(content);
  return {
    name,
    location: `/there/${name}`,
    size: isPipe ? undefined : bytes.length,
    open() {
      count.opened++;
      count.open++;
      const stream = Readable.from(inChunks(bytes, chunkSize));
      stream.once('close', () => count.open--);
      return stream;
    },
  };
};

const textOf = async (files: readonly StoredFile[]): Promise<string> => {
  let text = '';
  for await (const chunk of cat(files)) text += chunk.toString('latin1');
  return text;
};

const latin1 = (...parts: readonly Buffer[]): string => Buffer.concat(parts).toString('latin1');

const FIRST = Buffer.concat([HEADER, GLOBALS[0]!, RECORDS[0]!, RECORDS[1]!]);
const SECOND = Buffer.concat([NEXT_HEADER, GLOBALS[0]!, GLOBALS[6]!, RECORDS[2]!]);
const THIRD = Buffer.concat([NEXT_HEADER, RECORDS[3]!, GLOBALS[1]!, RECORDS[4]!]);
const JOINED = latin1(
  ...[HEADER, GLOBALS[0]!, GLOBALS[6]!],
  ...[RECORDS[0]!, RECORDS[1]!, RECORDS[2]!],
  ...[RECORDS[3]!, GLOBALS[1]!, RECORDS[4]!],
);

t.test('one file is the same text, however it is cut', async (t) => {
  for (const chunkSize of [1, 2, 3, 7, 50, 1000, TEXT.length]) {
    const text = await textOf([fileOf(TEXT, { chunkSize })]);
    // One expression index and one set index: the header says so now.
    t.equal(text, latin1(TEXT).replace('3.1', '3.3'), `${chunkSize}`);
  }
});

t.test('chunks are whole units', async (t) => {
  const ends = new Set(UNIT_ENDS);
  let at = 0;
  for await (const chunk of cat([fileOf(TEXT, { chunkSize: 100 })])) {
    t.ok(ends.has((at += chunk.length)), `${at}`);
  }
});

t.test('files are one text: a header, the globals once, the records in order', async (t) => {
  const packed = Buffer.concat([frame(SECOND.subarray(0, 70)), frame(SECOND.subarray(70))]);
  for (const chunkSize of [1, 10, 100, 10_000]) {
    for (const second of [SECOND, frame(SECOND), packed, Buffer.concat([skippable('x'), packed])]) {
      const files = [FIRST, second, THIRD].map((content) => fileOf(content, { chunkSize }));
      t.equal(await textOf(files), JOINED, `${chunkSize}`);
    }
  }
});

t.test('in any order: globals come first, and records as the files are given', async (t) => {
  t.equal(
    await textOf([THIRD, SECOND, FIRST].map((content) => fileOf(content))),
    latin1(
      ...[HEADER, GLOBALS[0]!, GLOBALS[6]!],
      ...[RECORDS[3]!, GLOBALS[1]!, RECORDS[4]!],
      ...[RECORDS[2]!, RECORDS[0]!, RECORDS[1]!],
    ),
  );
});

t.test('files without records, and without anything but a header', async (t) => {
  const globals = Buffer.concat([NEXT_HEADER, GLOBALS[6]!]);
  t.equal(
    await textOf([fileOf(HEADER), fileOf(globals), fileOf(NEXT_HEADER)]),
    latin1(HEADER, GLOBALS[6]!),
  );
  t.equal(await textOf([fileOf(HEADER)]), latin1(HEADER));
});

t.test('version 3.0 stays as it is', async (t) => {
  const old = `Version 3.0\n# namespace test\n${RECORDS[0]}- I a\\ 1\n`.replace('+ b 0', '+ b 1');
  t.equal(await textOf([fileOf(old)]), old);
  t.equal(await textOf([fileOf(old), fileOf(old)]), old + old.slice(old.indexOf('+')));
  await t.rejects(textOf([fileOf(old), fileOf(FIRST)]), { code: 'FORMAT' });
});

t.test('what was read is counted', async (t) => {
  const stage = cat([FIRST, SECOND, THIRD].map((content) => fileOf(content)));
  for await (const _ of stage);
  t.same(stage.info, { files: 3, records: 5, bytes: JOINED.length });
});

t.test('files are open one at a time, twice at most', async (t) => {
  const counts = [0, 1, 2].map(() => ({ opened: 0, open: 0 }));
  const files = [FIRST, SECOND, THIRD].map((content, index) =>
    fileOf(content, { count: counts[index]!, chunkSize: 10 }),
  );
  let most = 0;
  for await (const _ of cat(files)) {
    most = Math.max(
      most,
      counts.reduce((sum, { open }) => sum + open, 0),
    );
  }
  t.equal(most, 1);
  t.same(
    counts,
    [0, 1, 2].map(() => ({ opened: 2, open: 0 })),
  );
  const count = { opened: 0, open: 0 };
  await textOf([fileOf(FIRST, { count })]);
  t.same(count, { opened: 1, open: 0 }, 'one file alone need not be opened again');
});

t.test('a pipe is opened once', async (t) => {
  const count = { opened: 0, open: 0 };
  const options = { isPipe: true, count, chunkSize: 10 };
  t.equal(await textOf([fileOf(FIRST, options), fileOf(SECOND, options), fileOf(THIRD)]), JOINED);
  t.same(count, { opened: 2, open: 0 });
});

t.test('text that is given back is used again', async (t) => {
  const content = Buffer.concat([HEADER, ...manyRecords(20_000)]);
  const memory = new Set<ArrayBufferLike>();
  let chunks = 0;
  for await (const chunk of cat([fileOf(content)])) {
    memory.add(chunk.buffer);
    chunks++;
    giveBack(chunk);
  }
  t.ok(chunks > 30, `${chunks} chunks`);
  t.ok(memory.size <= 5, `${memory.size} buffers`);
});

/** What may come out before the second of three files fails. */
const UNITS_OF_ALL = [
  '',
  ...[3, 5, 6].map((count) => {
    const units = [HEADER, GLOBALS[0]!, GLOBALS[6]!, RECORDS[0]!, RECORDS[1]!, RECORDS[2]!];
    return latin1(...units.slice(0, count));
  }),
];
const CUT = frame(SECOND).subarray(0, -4);
const DAMAGED = checkedFrame(Buffer.concat([NEXT_HEADER, ...manyRecords(500)]));
DAMAGED.fill(0xff, 1000, 1100);

for (const [what, second, code] of [
  ['an empty file', '', 'TRUNCATED'],
  ['a cut-off header', NEXT_HEADER.subarray(0, -1), 'TRUNCATED'],
  ['a cut-off global', SECOND.subarray(0, NEXT_HEADER.length + 5), 'TRUNCATED'],
  ['a cut-off record', SECOND.subarray(0, -1), 'TRUNCATED'],
  ['a cut-off frame', CUT, 'TRUNCATED'],
  ['a damaged frame', DAMAGED, 'FORMAT'],
  ['something else', 'hello, world', 'FORMAT'],
  ['a wrong byte in its head', `${NEXT_HEADER}oops`, 'FORMAT'],
  ['a wrong byte behind a record', Buffer.concat([SECOND, Buffer.from('x')]), 'FORMAT'],
  ['the mark of a failure', Buffer.concat([SECOND, textFailure('oops')]), 'TRUNCATED'],
  ['the same in frames', Buffer.concat([frame(SECOND), framesFailure('oops')]), 'TRUNCATED'],
  ['nothing but that mark', textFailure('oops'), 'TRUNCATED'],
] as const) {
  t.test(`the second file is ${what}: its name is told, all are closed`, async (t) => {
    const count = { opened: 0, open: 0 };
    const files = [
      fileOf(FIRST, { count }),
      fileOf(second, { name: 'b.asb', count, chunkSize: 100 }),
      fileOf(THIRD, { count, isPipe: true }),
    ];
    const stage = cat(files);
    let text = '';
    stage.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
    await t.rejects(once(stage, 'end'), { code, facts: { file: '/there/b.asb' } });
    t.ok(UNITS_OF_ALL.includes(text), 'what came before is whole units');
    if (!stage.closed) await once(stage, 'close');
    while (count.open > 0) await new Promise(setImmediate);
  });
}

t.test('files that are not of one backup', async (t) => {
  const other = fileOf('Version 3.1\n# namespace other\n', { name: 'b.asb' });
  await t.rejects(textOf([fileOf(FIRST), other]), {
    code: 'FORMAT',
    message: /"test" and "other".*\/there\/a\.asb and \/there\/b\.asb/,
  });
});

t.test('a file that cannot be opened', async (t) => {
  const broken: StoredFile = {
    ...fileOf(''),
    open: () =>
      new Readable({
        read() {
          this.destroy(new Error('oops'));
        },
      }),
  };
  await t.rejects(textOf([broken]), { message: 'oops' });
});

t.test('a reader that goes away: everything is closed', async (t) => {
  const content = Buffer.concat([HEADER, ...manyRecords(5000)]);
  const count = { opened: 0, open: 0 };
  const isPipe = true;
  for await (const _ of cat([fileOf(content, { count }), fileOf(content, { count, isPipe })]))
    break;
  while (count.open > 0) await new Promise(setImmediate);
  t.equal(count.opened, 3);
});

t.test('a file that is silent does not keep what is destroyed', async (t) => {
  const silent: StoredFile = { ...fileOf(''), open: () => new Readable({ read() {} }) };
  const stage = cat([silent]);
  stage.read();
  stage.destroy();
  await once(stage, 'close');
  t.equal(stage.destroyed, true);
});

t.test('a reader that goes away while a file is opened', async (t) => {
  const count = { opened: 0, open: 0 };
  const inner = fileOf(FIRST, { count });
  const stage = cat([
    fileOf(FIRST, { count }),
    {
      ...inner,
      open() {
        stage.destroy();
        return inner.open();
      },
    },
    fileOf(FIRST, { count }),
  ]);
  stage.read();
  await once(stage, 'close');
  while (count.open > 0) await new Promise(setImmediate);
  t.equal(count.opened, 2, 'the third one never');
});

t.test('no files, or a window that zstd does not have', async (t) => {
  t.throws(() => cat([]), { code: 'USAGE' });
  const narrow = cat([fileOf(FIRST)], { windowLog: 9 });
  await t.rejects(once(narrow.resume(), 'end'), { code: 'RANGE' });
});

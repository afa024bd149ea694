import fc from 'fast-check';
import t from 'tap';
import { UnitScanner } from '../../lib/asb/unit-scanner.ts';
import { FileSeries } from '../../lib/stages/file-series.ts';
import {
  GLOBALS,
  HEADER,
  manyRecords,
  NEXT_HEADER,
  RECORDS,
  TEXT,
  UNITS,
} from '../helpers/asb-text.ts';
import { frame } from '../helpers/frames.ts';
import { type MemoryStorage, memoryStorage } from '../helpers/memory-storage.ts';

const name = (index: number) => `${index}`;
const series = (storage: MemoryStorage, fileLimit: number) =>
  new FileSeries({ storage, removeFiles: false, name, fileLimit });

/** Joins files of text to one again; checks that each is complete in itself. */
const joined = (storage: MemoryStorage): Buffer => {
  const files = Array.from(storage.files.values());
  for (const file of files) {
    const scanner = new UnitScanner();
    scanner.push(file);
    scanner.end();
  }
  return Buffer.concat(
    files.map((file, index) => (index === 0 ? file : file.subarray(NEXT_HEADER.length))),
  );
};

t.test('cuts text between units, at any limit, whatever the chunks are', async (t) => {
  const largest = Math.max(...UNITS.map((unit) => unit.length)) + HEADER.length;
  const limits = fc.integer({ min: 1, max: TEXT.length + 10 });
  const joins = fc.array(fc.boolean(), { minLength: UNITS.length, maxLength: UNITS.length });
  await fc.assert(
    fc.asyncProperty(limits, joins, async (limit, join) => {
      const chunks: Buffer[] = [];
      UNITS.forEach((unit, index) => {
        const before = join[index] === true ? chunks.pop() : undefined;
        chunks.push(before === undefined ? unit : Buffer.concat([before, unit]));
      });
      const storage = memoryStorage();
      const files = series(storage, limit);
      for (const chunk of chunks) await files.write(chunk, true);
      await files.end();
      t.ok(joined(storage).equals(TEXT));
      const sizes = files.files.map((file) => file.bytes);
      t.same(
        sizes,
        Array.from(storage.files.values(), (file) => file.length),
      );
      t.equal(
        files.bytes,
        sizes.reduce((sum, size) => sum + size),
      );
      for (const size of sizes) t.ok(size <= Math.max(limit, largest));
      // A file ends only because the next unit would not have fitted.
      for (const [index, file] of Array.from(storage.files.values()).slice(1).entries()) {
        const scanner = new UnitScanner();
        const next = scanner.push(file, NEXT_HEADER.length + 1) - NEXT_HEADER.length;
        t.ok((sizes[index] ?? 0) + next > limit);
      }
    }),
  );
});

t.test('a stream without records gives one file, however small the limit', async (t) => {
  for (const chunk of [HEADER, frame(HEADER)]) {
    const storage = memoryStorage();
    const files = series(storage, 1);
    await files.write(chunk, true);
    await files.end();
    t.same([...storage.files.entries()], [['0', chunk]]);
  }
});

t.test('each file of frames begins with a frame of the header', async (t) => {
  const frames = [
    frame(Buffer.concat([HEADER, ...GLOBALS])),
    ...RECORDS.map((unit) => frame(unit)),
  ];
  const storage = memoryStorage();
  const files = series(storage, 1);
  for (const chunk of frames) await files.write(chunk, true);
  await files.end();
  const [first, ...others] = storage.files.values();
  t.same(first, frames[0]);
  t.equal(others.length, RECORDS.length);
  const header = frame(NEXT_HEADER).subarray(-NEXT_HEADER.length);
  for (const [index, file] of others.entries()) {
    t.ok(file.includes(header));
    t.ok(file.subarray(-frames[index + 1]!.length).equals(frames[index + 1]!));
  }
});

t.test('a chunk that cuts a unit is an error, not a broken file', async (t) => {
  const storage = memoryStorage();
  const files = series(storage, 10);
  await files.write(HEADER, true);
  const written = files.write(RECORDS[1]!.subarray(0, -1), true);
  await t.rejects(written, { code: 'FORMAT' });
  await files.abort();
  t.equal(storage.files.size, 0);
});

t.test('the next file is written while one closes, and only one closes at a time', async (t) => {
  const waiting: (() => void)[] = [];
  const storage = memoryStorage({
    async before(step) {
      if (step === 'close') await new Promise<void>((resolve) => waiting.push(resolve));
    },
  });
  const files = series(storage, 1);
  const [a, b, c] = manyRecords(3);
  await files.write(HEADER, true);
  await files.write(a!, true);
  await files.write(b!, true);
  t.same(storage.events, ['create 0', 'close 0', 'create 1']);
  const third = files.write(c!, true);
  waiting.shift()?.();
  await third;
  t.same(storage.events.slice(3), ['closed 0', 'close 1', 'create 2']);
  const ended = files.end();
  waiting.shift()?.();
  while (waiting.length === 0) await new Promise((resolve) => setImmediate(resolve));
  waiting.shift()?.();
  await ended;
  t.same(storage.events.slice(6), ['closed 1', 'close 2', 'closed 2']);
  await files.abort();
  t.equal(storage.files.size, 3);
});

for (const step of ['create', 'write', 'close']) {
  t.test(`a ${step} that fails is heard`, async (t) => {
    const storage = memoryStorage({
      async before(now, file) {
        if (now === step && file === '1') throw new Error(`no ${step}`);
      },
    });
    const files = series(storage, 1);
    const written = (async () => {
      await files.write(HEADER, true);
      for (const record of manyRecords(5)) await files.write(record, true);
      await files.end();
    })();
    await t.rejects(written, { message: `no ${step}` });
    await files.abort();
    t.same([...storage.files.keys()], ['0']);
  });
}

t.test('abort waits for a file that is being created, and takes it back', async (t) => {
  let proceed: (() => void) | undefined;
  const storage = memoryStorage({
    async before(step) {
      if (step === 'create') await new Promise<void>((resolve) => (proceed = resolve));
    },
  });
  const files = series(storage, 1);
  const written = files.write(HEADER, true);
  while (proceed === undefined) await new Promise((resolve) => setImmediate(resolve));
  const aborted = files.abort();
  proceed();
  await Promise.all([written, aborted]);
  t.same(storage.events, ['create 0', 'abort 0']);
});

t.test('abort ends a look for the header in frames', async (t) => {
  const storage = memoryStorage();
  const files = series(storage, 1);
  const written = files.write(frame(TEXT), true);
  while (storage.events.length === 0) await Promise.resolve();
  const aborted = files.abort();
  await Promise.allSettled([written, aborted]);
  t.same(storage.events, ['create 0', 'abort 0']);
  t.equal(storage.files.size, 0);
});

t.test('a write that goes on after an abort begins no file', async (t) => {
  let proceed = () => {};
  const storage = memoryStorage({
    async before(step) {
      if (step === 'write') await new Promise<void>((resolve) => (proceed = resolve));
    },
  });
  const files = series(storage, 1);
  const [a, b] = manyRecords(2);
  const written = files.write(Buffer.concat([HEADER, a!, b!]), true);
  while (storage.events.length === 0) await new Promise((resolve) => setImmediate(resolve));
  const aborted = files.abort();
  for (let step = 0; step < 2; step++) {
    await new Promise((resolve) => setImmediate(resolve));
    proceed();
  }
  await t.rejects(written, { code: 'ABORTED' });
  await aborted;
  t.notOk(storage.events.includes('create 1'));
});

t.test(
  'a chunk that fits is handed on as it is, so that its memory can be given back',
  async (t) => {
    const written: Uint8Array[] = [];
    const storage = memoryStorage({ write: (chunk) => written.push(chunk) });
    const files = series(storage, 10_000);
    const chunk = Buffer.concat(manyRecords(3));
    await files.write(HEADER, true);
    await files.write(chunk, true);
    await files.end();
    t.equal(written.at(-1), chunk);
  },
);

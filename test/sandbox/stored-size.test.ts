import t from 'tap';
import { ParticleType } from '../../lib/record/particle.ts';
import type { StoredBin, StoredRecord } from '../../lib/sandbox/store.ts';
import { storedSize } from '../../lib/sandbox/stored-size.ts';

/** What honest.test.ts does not see: a record with or without set and key. */
t.test('what a record takes, in blocks of 16 bytes', (t) => {
  const sizeOf = (record: Partial<StoredRecord>): number =>
    storedSize({
      digest: Buffer.alloc(20),
      set: Buffer.alloc(0),
      key: undefined,
      generation: 1,
      voidTime: 0,
      lastUpdate: 0,
      bins: [],
      ...record,
    });
  const text = (length: number): StoredBin => ({
    name: Buffer.from('a'),
    type: ParticleType.STRING,
    bytes: Buffer.alloc(length),
  });
  const rows: readonly (readonly [Partial<StoredRecord>, number])[] = [
    [{}, 48],
    [{ bins: [text(1)] }, 48],
    [{ bins: [text(2)] }, 64],
    [{ bins: [text(1)], set: Buffer.from('s') }, 64],
    [{ bins: [text(1)], key: Buffer.from('x') }, 64],
    [{ set: Buffer.alloc(7) }, 48],
    [{ set: Buffer.alloc(8) }, 64],
    [{ key: Buffer.alloc(7) }, 48],
    [{ key: Buffer.alloc(8) }, 64],
    [{ bins: [text(1), text(9)] }, 64],
  ];
  for (const [record, size] of rows) t.equal(sizeOf(record), size);
  t.end();
});

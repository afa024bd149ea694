import fc from 'fast-check';
import t from 'tap';
import { MAX_PART_SIZE, MAX_PARTS, MIN_PART_SIZE } from '../../../lib/storage/s3/options.ts';
import { planParts } from '../../../lib/storage/s3/part-size.ts';

const MIB = 1024 * 1024;
const TIB = MIB * MIB;

t.test('parts are as small as 10,000 of them allow', (t) => {
  for (const [largestFile, minPartSize, partSize] of [
    [0, undefined, 8 * MIB],
    [250 * MIB, undefined, 8 * MIB],
    [71_000 * MIB, undefined, 8 * MIB],
    [73_000 * MIB, undefined, 9 * MIB],
    [TIB, undefined, 117 * MIB],
    [250 * MIB, 5 * MIB, 5 * MIB],
    [TIB, 5 * MIB, 117 * MIB],
    [undefined, undefined, 16 * MIB],
    [undefined, 5 * MIB, 5 * MIB],
  ] as const) {
    const options = minPartSize === undefined ? {} : { minPartSize };
    t.equal(planParts(largestFile, options).partSize, partSize, `${largestFile}, ${minPartSize}`);
  }
  t.end();
});

t.test('parts in flight take 64 MiB, unless the caller says how many fly', (t) => {
  for (const [largestFile, uploads] of [
    [0, 8],
    [undefined, 4],
    [TIB, 2],
  ] as const) {
    t.equal(planParts(largestFile, {}).uploads, uploads, `${largestFile}`);
  }
  t.equal(planParts(0, { minPartSize: 5 * MIB }).uploads, 12);
  t.equal(planParts(undefined, { maxAsyncUploads: 30 }).uploads, 30);
  t.end();
});

t.test('whatever is known, 10,000 parts suffice', (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 5 * TIB }), (largestFile) => {
      const { partSize } = planParts(largestFile, {});
      return (
        partSize >= MIN_PART_SIZE &&
        partSize <= MAX_PART_SIZE &&
        partSize * MAX_PARTS >= largestFile
      );
    }),
  );
  t.end();
});

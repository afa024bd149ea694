import t from 'tap';
import { LoadCounts, sumOfLoads } from '../../lib/jobs/load-counts.ts';
import { type LoadInfo, NOTHING_LOADED } from '../../lib/wire/loader.ts';

/** Every number another one. */
const infoFrom = (first: number): LoadInfo => {
  let next = first;
  const numbers = <Fields extends object>(fields: Fields): Fields => {
    for (const name of Object.keys(fields)) {
      const value: unknown = Reflect.get(fields, name);
      if (typeof value === 'number') Reflect.set(fields, name, next++);
    }
    return fields;
  };
  const { indexes, udfs } = NOTHING_LOADED;
  return numbers({
    ...NOTHING_LOADED,
    indexes: numbers({ ...indexes }),
    udfs: numbers({ ...udfs }),
  });
};

t.test('every number is seen by who shares the memory', async (t) => {
  const counts = new LoadCounts();
  t.strictSame(counts.info, NOTHING_LOADED);
  t.equal(counts.bytesRead, 0);
  const info = infoFrom(100);
  t.equal(new Set(JSON.stringify(info).match(/\d+/g)).size, 17);
  counts.store(info, 2 ** 50);
  const other = new LoadCounts(counts.memory);
  t.strictSame(other.info, info);
  t.equal(other.bytesRead, 2 ** 50);
});

t.test('sums', async (t) => {
  t.strictSame(sumOfLoads([]), NOTHING_LOADED);
  const info = infoFrom(1);
  t.strictSame(sumOfLoads([info]), info);
  const sum = sumOfLoads([infoFrom(1), NOTHING_LOADED, infoFrom(1)]);
  t.equal(
    JSON.stringify(sum),
    JSON.stringify(info).replaceAll(/\d+/g, (n) => `${2 * Number(n)}`),
  );
});

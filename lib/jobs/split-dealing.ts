import type { Global } from '../record/globals.ts';
import { PARTITION_COUNT } from '../record/layout.ts';
import type { AsbRecord } from '../record/record.ts';

/** Where records in no set go: no set's directory is named so. */
const NO_SET = '%none';

/** Which part of a split has what, by the names of their directories. */
export interface Dealing {
  nameOf(record: AsbRecord): string;
  /** Whether the records of a part need an index or a UDF module. */
  needs(name: string, global: Global): boolean;
  /** Parts that there are in any case. */
  names(globals: readonly Global[]): Iterable<string>;
}

/** A part for each set, named as it is, and one for records in none. */
export const bySet = (): Dealing => {
  // Records come in the order of digests, so their sets are mixed: each name is made once.
  const names = new Map<string, string>();
  const taken = new Set<string>();
  const nameOfSet = (set: Buffer): string => {
    const key = set.toString('latin1');
    let name = names.get(key);
    if (name !== undefined) return name;
    name = directoryOf(set, /[\w-]/);
    // There are file systems to which `A` and `a` are one directory.
    if (taken.has(name.toLowerCase())) name = directoryOf(set, /[\d_-]/);
    taken.add(name.toLowerCase());
    names.set(key, name);
    return name;
  };
  return {
    nameOf: ({ setBytes }) => nameOfSet(setBytes),
    needs: (name, global) =>
      global.kind === 'udf' || global.set === '' || name === nameOfSet(Buffer.from(global.set)),
    names: (globals) =>
      globals.flatMap((global) =>
        global.kind === 'index' && global.set !== '' ? nameOfSet(Buffer.from(global.set)) : [],
      ),
  };
};

/** So many parts, each with the records of partitions that follow each other. */
export const byPartition = (count: number): Dealing => {
  const digits = String(count).length;
  const names = Array.from(
    { length: count },
    (_, index) => `part-${String(index + 1).padStart(digits, '0')}-of-${count}`,
  );
  return {
    nameOf: ({ partition }) => names[Math.floor((partition * count) / PARTITION_COUNT)]!,
    needs: () => true,
    names: () => names,
  };
};

/** The name of a set as that of a directory: what is not `plain`, nor a dot inside, is written `%XX`. */
const directoryOf = (set: Buffer, plain: RegExp): string => {
  if (set.length === 0) return NO_SET;
  return Array.from(set, (byte, index) => {
    const character = String.fromCharCode(byte);
    const isPlain = plain.test(character) || (character === '.' && index > 0);
    return isPlain ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }).join('');
};

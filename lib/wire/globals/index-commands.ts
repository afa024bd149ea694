/** Info commands that make, remove and look at a secondary index, in the form of each server. */
import { AsbError } from '../../errors.ts';
import type { SecondaryIndex } from '../../record/globals.ts';

/** Whether a server's `build` is at least 8.1, from where on bin and type are apart. */
const isFrom81 = (build: string): boolean => {
  const [major = 0, minor = 0] = build.split('.').map((part) => Number.parseInt(part, 10));
  return major > 8 || (major === 8 && minor >= 1);
};

/** What ends a value, a command, and a string in the server. */
const UNCARRIED = /[;\n\0]/;
/** The server divides the key of a definition by it, and silently drops what it can't read. */
const KEY_DIVIDER = '|';

/**
 * Refuses what an info command can't carry: the server would make another index, or none and not
 * tell.
 *
 * @throws AsbError `FORMAT` that names the index
 */
export const checkIndex = (index: SecondaryIndex): void => {
  for (const [what, name] of [
    ['name', index.name],
    ['set', index.set],
    ['bin', index.bin],
  ] as const) {
    const isKey = what !== 'name' && name.includes(KEY_DIVIDER);
    if (!isKey && !UNCARRIED.test(name)) continue;
    const signs = what === 'name' ? '";", line feed and NUL' : '";", "|", line feed and NUL';
    throw new AsbError(
      'FORMAT',
      `index "${index.name}": no command can carry its ${what} "${name}": it may not hold ` +
        `${signs}; leave out indexes (--no-indexes) and make them by hand`,
      { expected: `a ${what} without ${signs}` },
    );
  }
};

/** `sindex-create:…` for a server of this build; `namespace` is where the index is to be. */
export const createIndexCommand = (index: SecondaryIndex, build: string): string => {
  const { namespace, set, name, collection, type, bin, context, expression } = index;
  const from81 = isFrom81(build);
  const parts = [
    `sindex-create:${from81 ? 'namespace' : 'ns'}=${namespace}`,
    ...(set === '' ? [] : [`set=${set}`]),
    `indexname=${name}`,
    `indextype=${collection.toUpperCase()}`,
  ];
  if (collection === 'set') return parts.join(';');
  const typeName = type.toUpperCase();
  if (expression !== undefined) parts.push(`exp=${expression}`, `type=${typeName}`);
  else {
    if (context !== undefined) parts.push(`context=${context}`);
    if (from81) parts.push(`bin=${bin}`, `type=${typeName}`);
    else parts.push(`indexdata=${bin},${typeName}`);
  }
  return parts.join(';');
};

/** `sindex-delete:…` */
export const deleteIndexCommand = (index: SecondaryIndex, build: string): string =>
  `sindex-delete:${isFrom81(build) ? 'namespace' : 'ns'}=${index.namespace};indexname=${index.name}`;

/** Asks how far an index is built: `load_pct` in the answer. */
export const indexStateCommand = (index: SecondaryIndex, build: string): string =>
  isFrom81(build)
    ? `sindex-stat:namespace=${index.namespace};indexname=${index.name}`
    : `sindex/${index.namespace}/${index.name}`;

/**
 * What an index is of, without its name and namespace: two with the same text are the same to the
 * server, which keeps one of them.
 */
export const definitionOf = (index: SecondaryIndex): string =>
  JSON.stringify(
    index.collection === 'set'
      ? ['set', index.set]
      : [
          index.collection,
          index.set,
          index.type,
          index.bin,
          canonical(index.context),
          canonical(index.expression),
        ],
  );

/** Base64 may be padded or not. */
const canonical = (base64: string | undefined): string =>
  Buffer.from(base64 ?? '', 'base64').toString('base64');

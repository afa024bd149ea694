import { AsbError } from '../errors.ts';
import { isFileName } from '../storage/names.ts';
import { DocumentFields } from './document-fields.ts';
import { isShard, MAX_SHARDS, type Shard } from './shard.ts';

/** What a manifest says it is, and the version of its form. */
const WHAT = 'asb-streams manifest';
const FORM = 1;

/** One file of a backup. */
export interface ManifestFile {
  /** In its directory or prefix. */
  readonly name: string;
  /** As it is stored: compressed and encrypted, if it is. */
  readonly bytes: number;
  /** SHA-256 of these bytes, in hex. */
  readonly sha256: string;
  readonly records: number;
  readonly indexes: number;
  readonly udfs: number;
  /** Partitions of which it has records: `0-17,40`; empty if it has none. */
  readonly partitions: string;
}

/** The options of a backup that shape what is in it; those that were not given are left out. */
export type BackupShape = Readonly<Record<string, unknown>>;

/** What a backup is made of, beside its files: so a file that is missing or was changed is found. */
export interface Manifest {
  /** Who wrote it, with its version. */
  readonly tool: string;
  readonly namespace: string;
  /** Which of several backups it is that are one together; left out if it is whole by itself. */
  readonly shard?: Shard | undefined;
  readonly options: BackupShape;
  /** Begin and end of the backup; of one that was continued, the first begin. */
  readonly begun: Date;
  readonly ended: Date;
  /** False while a backup runs, and of one that failed: more is to come, or never came. */
  readonly complete: boolean;
  readonly files: readonly ManifestFile[];
}

/** Sums over the files of a backup. */
export interface FileTotals {
  readonly records: number;
  readonly indexes: number;
  readonly udfs: number;
  readonly bytes: number;
}

export const totalsOf = (files: readonly ManifestFile[]): FileTotals => {
  const totals = { records: 0, indexes: 0, udfs: 0, bytes: 0 };
  for (const file of files) {
    totals.records += file.records;
    totals.indexes += file.indexes;
    totals.udfs += file.udfs;
    totals.bytes += file.bytes;
  }
  return totals;
};

/** A manifest as JSON, a file a line, with the totals. */
export const manifestText = (manifest: Manifest): string => {
  const { files, ...rest } = manifest;
  const head = { what: WHAT, form: FORM, ...rest, ...totalsOf(files) };
  return documentText(head, 'files', files);
};

/** JSON with a long list at its end, an entry a line: for people, and for `diff`. */
export const documentText = (
  head: Readonly<Record<string, unknown>>,
  name: string,
  entries: readonly unknown[],
): string => {
  const begin = JSON.stringify(head, undefined, 2).replace(/\n}$/, ',\n');
  const lines = entries.map((entry) => `    ${JSON.stringify(entry)}`).join(',\n');
  return `${begin}  ${JSON.stringify(name)}: [${lines === '' ? '' : `\n${lines}\n  `}]\n}\n`;
};

/**
 * Reads a manifest.
 *
 * @param file for messages
 * @throws AsbError `FORMAT`, with the file and the field, for what is none, or is of a later form;
 *   also if the totals are not those of its files
 */
export const parseManifest = (text: string, file: string): Manifest => {
  const fields = DocumentFields.parse(text, file);
  checkWhat(fields, file, WHAT, FORM);
  const files = manifestFiles(fields);
  const totals = totalsOf(files);
  for (const name of ['records', 'indexes', 'udfs', 'bytes'] as const) {
    if (fields.count(name) === totals[name]) continue;
    throw fields.wrong(name, `${totals[name]}, which its files have together`);
  }
  return {
    tool: fields.text('tool'),
    namespace: fields.text('namespace'),
    ...shardIn(fields),
    options: shapeOf(fields),
    begun: fields.time('begun'),
    ended: fields.time('ended'),
    complete: fields.flag('complete'),
    files,
  };
};

/** The list of files in a manifest or a state. */
export const manifestFiles = (fields: DocumentFields): ManifestFile[] => {
  const names = new Set<string>();
  return fields.list('files', (file) => {
    const name = file.text('name');
    // It is looked for in a directory, and must not lead out of it.
    if (!isFileName(name)) throw file.wrong('name', 'the name of a file');
    if (names.has(name)) throw file.wrong('name', 'a name that stands there once');
    names.add(name);
    return {
      name,
      bytes: file.count('bytes'),
      sha256: file.text('sha256', /^[0-9a-f]{64}$/),
      records: file.count('records'),
      indexes: file.count('indexes'),
      udfs: file.count('udfs'),
      partitions: file.text('partitions', /^[\d,-]*$/),
    };
  });
};

/** The shard in a manifest or a state, if it is of one. */
export const shardIn = (fields: DocumentFields): { readonly shard?: Shard } => {
  if (!fields.has('shard')) return {};
  const said = fields.object('shard');
  const shard = { index: said.count('index'), count: said.count('count') };
  if (isShard(shard)) return { shard };
  throw fields.wrong('shard', `one of 1 to ${MAX_SHARDS} shards`);
};

/** The options in a manifest or a state: only compared and shown, so they may be any JSON. */
export const shapeOf = (fields: DocumentFields): BackupShape => {
  const options = fields.object('options');
  return Object.fromEntries(options.names.map((name) => [name, options.raw(name)]));
};

/** @throws AsbError `FORMAT` for a document that is another one, or of a form to come */
export const checkWhat = (
  fields: DocumentFields,
  file: string,
  what: string,
  form: number,
): void => {
  if (!fields.has('what') || fields.text('what') !== what) {
    throw new AsbError('FORMAT', `${file} is no ${what}`, { file, expected: what });
  }
  if (fields.count('form') === form) return;
  const expected = `form ${form}`;
  throw new AsbError(
    'FORMAT',
    `${file} is a ${what} of form ${fields.count('form')}; this version knows ${expected}`,
    { file, expected },
  );
};

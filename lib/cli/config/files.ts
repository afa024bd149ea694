/** The config files that a command line is completed from, in their order. */
import { isUtf8 } from 'node:buffer';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readBounded } from '../../bounded-file.ts';
import { AsbError, codeOf } from '../../errors.ts';
import { placeOf } from '../given.ts';
import { readToml, type TomlFile } from './toml-file.ts';

/** Largest config file, in bytes. */
export const MAX_CONFIG_SIZE = 1024 * 1024;
/** How deep files may include others. */
export const MAX_INCLUDE_DEPTH = 8;
/** Most files that are read in all. */
export const MAX_CONFIG_FILES = 256;

/** A file to begin with. */
export interface ConfigSource {
  readonly file: string;
  /** It is no error if it is not there. */
  readonly isOptional: boolean;
}

/**
 * Reads files, and what they include: first the file, then what it includes, as asbackup does, so
 * that the latter wins. Paths in them are as on the command line, from the working directory.
 *
 * @returns in the order in which a later one beats an earlier one
 * @throws AsbError `NOT_FOUND` for a file that must be there and is not, `STORAGE` for one that can't
 *   be read, `FORMAT` for what is no TOML, `USAGE` for an [include] that is wrong, `LIMIT` beyond
 *   {@link MAX_CONFIG_SIZE}, {@link MAX_INCLUDE_DEPTH} and {@link MAX_CONFIG_FILES}
 */
export const readConfigFiles = async (sources: readonly ConfigSource[]): Promise<TomlFile[]> => {
  const files: TomlFile[] = [];
  for (const source of sources) await readInto(files, source, 0);
  return files;
};

const readInto = async (files: TomlFile[], source: ConfigSource, depth: number): Promise<void> => {
  const { file } = source;
  const text = await readText(source);
  if (text === undefined) return;
  if (depth > MAX_INCLUDE_DEPTH || files.length >= MAX_CONFIG_FILES) {
    throw new AsbError(
      'LIMIT',
      `${file}: config files include each other too deep, or too many; does one include itself?`,
      { file, expected: `${MAX_INCLUDE_DEPTH} levels, ${MAX_CONFIG_FILES} files` },
    );
  }
  const toml = await readToml(file, text);
  files.push(toml);
  for (const included of await includedBy(toml)) await readInto(files, included, depth + 1);
};

/** @returns `undefined` if the file is not there and need not be */
const readText = async ({ file, isOptional }: ConfigSource): Promise<string | undefined> => {
  let bytes: Buffer | undefined;
  try {
    bytes = await readBounded(file, MAX_CONFIG_SIZE);
  } catch (cause) {
    const code = codeOf(cause);
    const isAbsent = code === 'ENOENT' || code === 'ENOTDIR';
    if (isAbsent && isOptional) return undefined;
    const what = `cannot read the config file ${file} (${code})`;
    throw new AsbError(isAbsent ? 'NOT_FOUND' : 'STORAGE', what, { file, cause });
  }
  if (bytes === undefined) {
    throw new AsbError('LIMIT', `config file ${file} has more than ${MAX_CONFIG_SIZE} bytes`, {
      file,
    });
  }
  if (isUtf8(bytes)) return bytes.toString();
  throw new AsbError('FORMAT', `config file ${file} is no text in UTF-8`, {
    file,
    expected: 'UTF-8',
  });
};

/** A file that is not there is no error; a directory is. */
const includedBy = async ({ file, sections }: TomlFile): Promise<ConfigSource[]> => {
  const found: ConfigSource[] = [];
  for (const { key, value, line } of sections.get('include') ?? []) {
    const isKnown = key === 'file' || key === 'directory';
    if (!isKnown || typeof value !== 'string' || value === '') {
      const expected = 'file = "PATH" or directory = "PATH"';
      const what = `${placeOf(file, line)}: "${key}" in [include] is wrong; expected ${expected}`;
      throw new AsbError('USAGE', what, { file, expected });
    }
    if (key === 'file') found.push({ file: value, isOptional: true });
    else found.push(...(await filesBelow(value)));
  }
  return found;
};

/** All files, by their names, also in directories below; not those that are hidden, or an editor's. */
const filesBelow = async (directory: string): Promise<ConfigSource[]> => {
  const found: ConfigSource[] = [];
  try {
    const names = await readdir(directory, { recursive: true });
    for (const name of names.filter((each) => !/(?:^|\/)\.|~$/.test(each)).sort()) {
      const file = join(directory, name);
      // A link to nothing is as no file.
      const facts = await stat(file).catch(() => undefined);
      if (facts?.isFile() === true) found.push({ file, isOptional: false });
    }
  } catch (cause) {
    const code = codeOf(cause) === 'ENOENT' ? 'NOT_FOUND' : 'STORAGE';
    const what = `cannot read the directory ${directory} of config files (${codeOf(cause)})`;
    throw new AsbError(code, what, { file: directory, cause });
  }
  return found;
};

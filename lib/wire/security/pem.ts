/** PEM files: of certificates, keys, revocation lists. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readBounded } from '../../bounded-file.ts';
import { AsbError, codeOf } from '../../errors.ts';

/** Largest PEM file that is read, in bytes; a bundle of all public CAs has 230 KB. */
export const MAX_PEM_SIZE = 4 * 1024 * 1024;
/** Most files of a directory that are read. */
export const MAX_PEM_FILES = 10_000;

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[^-]*-----END \1-----/g;

/** How messages name a text that came from no file: showing it would show a key. */
const GIVEN_TEXT = 'the PEM text given';

/** Whether this is a PEM text, and not the name of a file with one. */
const isPemText = (source: string): boolean => source.includes('-----BEGIN ');

/** As messages name the source of a PEM text. */
export const pemName = (source: string): string => (isPemText(source) ? GIVEN_TEXT : source);

/** What a file holds, in its order. */
export interface PemFile {
  /** Its name, as messages may show it. */
  readonly file: string;
  readonly text: string;
  readonly certificates: readonly string[];
  /** Lists of certificates that are revoked. */
  readonly crls: readonly string[];
}

/**
 * Reads a file; a pipe (`<(…)` in a shell) will do, and so does the text itself, which a secret
 * service gives.
 *
 * @param source name of the file, or a text with `-----BEGIN ` in it
 * @param option what names the file, for messages
 * @throws AsbError `KEY` if it can't be read, or is larger than {@link MAX_PEM_SIZE}
 */
export const readPem = async (source: string, option: string): Promise<PemFile> => {
  const file = pemName(source);
  const text = isPemText(source) ? source : await readFileText(source, option);
  if (text === undefined) {
    throw new AsbError('KEY', `${option}: ${file} is larger than ${MAX_PEM_SIZE} bytes`, { file });
  }
  const blocks = Array.from(text.matchAll(BLOCK), ([block, kind = '']) => ({ block, kind }));
  const of = (wanted: RegExp): string[] =>
    blocks.filter(({ kind }) => wanted.test(kind)).map(({ block }) => block);
  return { file, text, certificates: of(/^(?:X509 |)CERTIFICATE$/), crls: of(/^X509 CRL$/) };
};

/**
 * Reads all files of a directory: unlike with OpenSSL, their names need no hash.
 * @throws AsbError `KEY` if one of them can't be read, or there are more than {@link MAX_PEM_FILES}
 */
export const readPemDirectory = async (directory: string, option: string): Promise<PemFile[]> => {
  const names = await readdir(directory).catch((cause: unknown) => {
    throw new AsbError('KEY', `${option}: cannot read ${directory} (${codeOf(cause)})`, {
      file: directory,
      cause,
    });
  });
  if (names.length > MAX_PEM_FILES) {
    throw new AsbError('KEY', `${option}: ${directory} has more than ${MAX_PEM_FILES} files`, {
      file: directory,
    });
  }
  const files: PemFile[] = [];
  for (const path of names.sort().map((name) => join(directory, name))) {
    // A link to nothing is as no file: OpenSSL's directories are full of links.
    const found = await stat(path).catch(() => undefined);
    if (found?.isFile() === true) files.push(await readPem(path, option));
  }
  return files;
};

/** @returns `undefined` if the file is too large */
const readFileText = async (file: string, option: string): Promise<string | undefined> => {
  const bytes = await readBounded(file, MAX_PEM_SIZE).catch((cause: unknown) => {
    throw new AsbError('KEY', `${option}: cannot read ${file} (${codeOf(cause)})`, { file, cause });
  });
  return bytes?.toString('latin1');
};

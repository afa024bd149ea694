/** Manifests of files that a test has made itself. */
import { createHash } from 'node:crypto';
import { Parser } from '../../lib/asb/parser.ts';
import { type Manifest, type ManifestFile, manifestText } from '../../lib/jobs/manifest.ts';

/** What a manifest says of a file of text. */
export const entryOf = (name: string, text: Buffer): ManifestFile => {
  const parser = new Parser();
  for (const _ of [...parser.push(text), ...parser.end()]);
  const { records, indexes, udfs } = parser.info;
  const sha256 = createHash('sha256').update(text).digest('hex');
  return { name, bytes: text.length, sha256, records, indexes, udfs, partitions: '0-4095' };
};

/** The manifest of such files. */
export const manifestOf = (
  files: Readonly<Record<string, Buffer>>,
  changes: Partial<Manifest> = {},
): Manifest => ({
  tool: 'asb-streams 1.2.3',
  namespace: 'test',
  options: {},
  begun: new Date('2026-11-23T07:00:00.000Z'),
  ended: new Date('2026-11-23T07:01:02.003Z'),
  complete: true,
  files: Object.entries(files).map(([name, text]) => entryOf(name, text)),
  ...changes,
});

/** The same as text. */
export const manifestTextOf = (...args: Parameters<typeof manifestOf>): string =>
  manifestText(manifestOf(...args));

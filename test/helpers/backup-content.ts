/** What a backup holds, to be held against another one of the same namespace. */
import { createHash } from 'node:crypto';
import { Parser } from '../../lib/asb/parser.ts';
import type { Encryption } from '../../lib/crypto/key.ts';
import { verify } from '../../lib/jobs/verify.ts';
import { unpack } from '../../lib/stages/unpack.ts';
import { backupFiles } from '../../lib/storage/homes.ts';
import type { S3Options } from '../../lib/storage/s3/options.ts';

export interface Content {
  /** A sum of each record's message, by its digest. */
  readonly records: ReadonlyMap<string, string>;
  /** Digests that came more than once. */
  readonly twice: readonly string[];
  readonly indexes: number;
  readonly udfs: number;
}

export interface ContentOptions {
  readonly s3?: S3Options;
  readonly encryption?: Encryption;
}

/**
 * Reads all of a backup, and holds it against its manifest.
 * @throws Error if anything is wrong with a file
 */
export const contentOf = async (location: string, options: ContentOptions): Promise<Content> => {
  const report = await verify({ paths: [location], ...options }).done;
  const [failure] = report.failures;
  if (failure !== undefined) throw failure;
  const records = new Map<string, string>();
  const twice: string[] = [];
  for (const file of await backupFiles(location, options.s3)) {
    const parser = new Parser({ file: file.location });
    const text = file.open().pipe(unpack(options));
    for await (const bytes of text) {
      for (const chunk of parser.push(bytes)) {
        if (chunk.kind !== 'records') continue;
        for (const [index, { digest }] of [...chunk].entries()) {
          const key = digest.toString('base64');
          if (records.has(key)) twice.push(key);
          const message = chunk.bytes.subarray(...chunk.offsets.subarray(index * 2, index * 2 + 2));
          records.set(key, createHash('sha1').update(message).digest('base64'));
        }
      }
    }
  }
  return { records, twice, indexes: report.indexes, udfs: report.udfs };
};

/** How two backups differ, in a few words; empty if they do not. */
export const differences = (found: Content, wanted: Content): string[] => {
  const missing = [...wanted.records.keys()].filter((digest) => !found.records.has(digest));
  const more = [...found.records.keys()].filter((digest) => !wanted.records.has(digest));
  const changed = [...wanted.records].filter(
    ([digest, sum]) => found.records.has(digest) && found.records.get(digest) !== sum,
  );
  const counts: readonly (readonly [string, number])[] = [
    ['lost', missing.length],
    ['twice', found.twice.length],
    ['not there', more.length],
    ['changed', changed.length],
    ['indexes too few or many', Math.abs(found.indexes - wanted.indexes)],
    ['UDF modules too few or many', Math.abs(found.udfs - wanted.udfs)],
  ];
  return counts.flatMap(([what, count]) => (count === 0 ? [] : [`${count} ${what}`]));
};

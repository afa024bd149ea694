/**
 * Backups that asbackup 4.5.8 wrote, read as their README counts them. They are no part of the
 * project: `ASB_PEER_SAMPLES` says in which directory they are.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { isDeepStrictEqual } from 'node:util';
import t from 'tap';
import { LETTERS } from '../lib/asb/letters.ts';
import { type Encryption, EncryptionKey } from '../lib/crypto/key.ts';
import { verify } from '../lib/jobs/verify.ts';
import type { TypeCount } from '../lib/record/census.ts';
import type { RecordChunk } from '../lib/record/chunk.ts';
import type { Global } from '../lib/record/globals.ts';
import { parse } from '../lib/stages/parse.ts';
import { unpack } from '../lib/stages/unpack.ts';
import { backupFiles } from '../lib/storage/homes.ts';

const SAMPLES = process.env.ASB_PEER_SAMPLES;

const RECORDS = 1000;
const INDEXES = 9;
const SETS = {
  s1: 154,
  s2: 154,
  'set with space': 154,
  'set\\bs': 154,
  'demo-üñï': 154,
  '': 154,
  types: 9,
  types1: 56,
  hll: 10,
  ordered: 1,
};
const BINS = { I: 1901, D: 1567, S: 1775, B: 843, Z: 928, L: 840, M: 841, G: 837, Y: 20 };
const USER_KEYS = { S: 436, I: 196, B: 184 };
const NEVER_EXPIRE = 538;

/** The samples that hold all; two of them are encrypted. */
const WHOLE: Readonly<Record<string, Encryption['mode'] | undefined>> = {
  'compact.asb': undefined,
  'zstd.asb': undefined,
  directory: undefined,
  'aes128.asb': 'aes128',
  'zstd-aes256.asb': 'aes256',
};

const byLetter = (counts: readonly TypeCount[]): Record<string, number> =>
  Object.fromEntries(counts.map(({ type, count }) => [String.fromCharCode(LETTERS[type]!), count]));

/** Messages of records by digest, in hex; and the globals. */
interface Content {
  readonly records: ReadonlyMap<string, string>;
  readonly globals: readonly Global[];
}

const contentOf = async (path: string, encryption: Encryption | undefined): Promise<Content> => {
  const records = new Map<string, string>();
  const globals: Global[] = [];
  const take = (chunk: RecordChunk): void => {
    if (chunk.kind !== 'records') {
      globals.push(chunk);
      return;
    }
    chunk.offsets.forEach((start, index) => {
      if (index % 2 !== 0) return;
      const digest = chunk.at(index / 2)!.digest.toString('hex');
      records.set(digest, chunk.bytes.toString('hex', start, chunk.offsets[index + 1]));
    });
  };
  for (const file of await backupFiles(path)) {
    const sink = new Writable({
      objectMode: true,
      write(chunk: RecordChunk, _encoding, done) {
        take(chunk);
        done();
      },
    });
    await pipeline(file.open(), unpack({ encryption }), parse(), sink);
  }
  return { records, globals };
};

if (SAMPLES === undefined) {
  t.pass('backups of asbackup are not looked at: ASB_PEER_SAMPLES names no directory');
} else {
  const key = new EncryptionKey(readFileSync(join(SAMPLES, 'raw.key')));
  const encryptionOf = (mode: Encryption['mode'] | undefined): Encryption | undefined =>
    mode === undefined ? undefined : { mode, key };
  const plain = await contentOf(join(SAMPLES, 'plain.asb'), undefined);

  for (const [name, mode] of Object.entries({ 'plain.asb': undefined, ...WHOLE })) {
    const path = join(SAMPLES, name);
    const encryption = encryptionOf(mode);

    t.test(`${name} is counted as its README does`, async (t) => {
      const options = encryption === undefined ? {} : { encryption };
      const report = await verify({ paths: [path], ...options }).done;
      t.match(report, { failures: [], versions: ['3.1'], records: RECORDS });
      t.match(report, { indexes: INDEXES, udfs: 1, namespaces: [{ namespace: 'test' }] });
      const { census } = report.namespaces[0]!;
      t.equal(report.namespaces.length, 1);
      t.equal(census.neverExpire, NEVER_EXPIRE);
      t.same(Object.fromEntries(census.sets.map((set) => [`${set.name}`, set.records])), SETS);
      t.same(byLetter(census.bins), BINS);
      t.same(byLetter(census.userKeys), USER_KEYS);
    });

    if (name === 'plain.asb') continue;
    t.test(`${name} holds what plain.asb does`, async (t) => {
      const { records, globals } = await contentOf(path, encryption);
      t.equal(records.size, RECORDS);
      t.ok(isDeepStrictEqual(records, plain.records), 'the same bytes of every record');
      t.strictSame(globals, plain.globals);
    });
  }

  t.test('globals-only.asb has no records', async (t) => {
    const path = join(SAMPLES, 'globals-only.asb');
    t.match(await verify({ paths: [path] }).done, { failures: [], records: 0, udfs: 1 });
    t.strictSame((await contentOf(path, undefined)).globals, plain.globals);
  });

  t.test('no-bins.asb has the same records without their bins', async (t) => {
    const path = join(SAMPLES, 'no-bins.asb');
    const report = await verify({ paths: [path] }).done;
    t.match(report, { failures: [], records: RECORDS, indexes: INDEXES });
    const { census } = report.namespaces[0]!;
    t.strictSame(census.bins, []);
    t.same(byLetter(census.userKeys), USER_KEYS);
    const { records } = await contentOf(path, undefined);
    t.same(new Set(records.keys()), new Set(plain.records.keys()));
  });
}

import { Readable } from 'node:stream';
import t from 'tap';
import { BackupReader, type TakeChunk } from '../../lib/jobs/backup-reader.ts';
import type { ExpectedFile } from '../../lib/jobs/file-check.ts';
import { streamedFile } from '../../lib/storage/stored-file.ts';
import { RECORDS, TEXT } from '../helpers/asb-text.ts';
import { entryOf } from '../helpers/manifests.ts';
import { inChunks } from '../helpers/streams.ts';

/** Reads these pieces as a file, and tells how many bytes and records came before it ended. */
const read = async (
  pieces: Iterable<Buffer>,
  take: TakeChunk = () => {},
  expected?: ExpectedFile,
) => {
  let bytes = 0;
  const file = streamedFile(Readable.from(pieces), 'dir/a.asb');
  const reader = new BackupReader(file, {
    signal: new AbortController().signal,
    expected,
    onBytes: (more) => {
      bytes += more;
    },
  });
  let records = 0;
  const failure = await reader
    .read(async (chunk) => {
      await take(chunk);
      if (chunk.kind === 'records') records += chunk.length;
    })
    .then(
      () => undefined,
      (error: unknown) => error,
    );
  return { failure, bytes, records, info: reader.info };
};

t.test('reads a file to its end', async (t) => {
  t.match(await read([TEXT]), {
    failure: undefined,
    bytes: TEXT.length,
    records: RECORDS.length,
    info: { namespace: 'test', records: RECORDS.length },
  });
});

t.test('what stands before damage is taken, and the damage is told of the file', async (t) => {
  const { failure, records } = await read([Buffer.concat([TEXT, Buffer.from('rubbish')])]);
  t.equal(records, RECORDS.length);
  t.match(failure, { code: 'FORMAT', facts: { file: 'dir/a.asb', offset: TEXT.length } });
});

t.test('what the taker throws is not the file’s fault', async (t) => {
  const full = new Error('the cluster is full');
  const { failure } = await read([TEXT], () => {
    throw full;
  });
  t.equal(failure, full);
});

t.test('what a manifest says of it', async (t) => {
  const manifest = 'dir/test.manifest.json';
  const right = { ...entryOf('a.asb', TEXT), manifest };
  t.equal((await read(inChunks(TEXT, 50), () => {}, right)).failure, undefined);
  const rows: readonly [Partial<ExpectedFile>, string][] = [
    [{ sha256: '0'.repeat(64) }, 'FORMAT'],
    [{ bytes: TEXT.length + 1 }, 'TRUNCATED'],
    [{ bytes: TEXT.length - 1 }, 'FORMAT'],
    [{ records: 0 }, 'FORMAT'],
  ];
  for (const [changes, code] of rows) {
    const { failure, records } = await read([TEXT], () => {}, { ...right, ...changes });
    t.match(failure, { code, facts: { file: 'dir/a.asb' } }, JSON.stringify(changes));
    t.equal(records, RECORDS.length, 'all was taken');
  }
  const { failure } = await read([TEXT.subarray(0, -1)], () => {}, right);
  t.match(failure, { code: 'TRUNCATED', facts: { offset: TEXT.length - 1 } }, 'the damage first');
});

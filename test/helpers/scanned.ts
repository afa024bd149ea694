/** What a scan gave, held against what the sandbox holds: each record once, byte for byte. */
import type { Test } from 'tap';
import type { RecordBatch } from '../../lib/record/batch.ts';
import { MessageWriter } from '../../lib/record/message-writer.ts';
import type { Sandbox, StoredRecord } from '../../lib/sandbox/index.ts';
import { writeScannedRecord } from '../../lib/sandbox/reply.ts';

/** Messages by digest, in hex. */
export class Scanned {
  readonly messages = new Map<string, string>();
  /** Digests that came more than once. */
  readonly twice: string[] = [];

  /** Takes a batch's bytes, so the batch may go. */
  take(batch: RecordBatch): void {
    for (let index = 0; index < batch.length; index++) {
      const digest = batch.at(index)!.digest.toString('hex');
      if (this.messages.has(digest)) this.twice.push(digest);
      const [start, end] = batch.offsets.subarray(index * 2, index * 2 + 2);
      this.messages.set(digest, batch.bytes.toString('hex', start, end));
    }
  }
}

export interface Expected {
  readonly namespace?: string;
  readonly keep?: (record: StoredRecord) => boolean;
  /** Bins given; all if left out. */
  readonly bins?: readonly string[];
  readonly noBins?: boolean;
}

/** The messages that a whole scan of the sandbox gives. */
export const storedMessages = (
  sandbox: Sandbox,
  { namespace = 'test', keep = () => true, bins, noBins = false }: Expected = {},
): Map<string, string> => {
  const messages = new Map<string, string>();
  for (const record of sandbox.cluster.namespaces.get(namespace) ?? []) {
    if (!keep(record)) continue;
    const picked = bins?.flatMap((name) =>
      record.bins.filter((bin) => bin.name.equals(Buffer.from(name))),
    );
    const writer = new MessageWriter();
    writeScannedRecord(
      writer,
      Buffer.from(namespace),
      record,
      noBins ? undefined : (picked ?? record.bins),
    );
    messages.set(record.digest.toString('hex'), writer.take().toString('hex'));
  }
  return messages;
};

/** Every record in, once, with the same bytes, and no other. */
export const sameRecords = (
  t: Test,
  scanned: Scanned,
  stored: ReadonlyMap<string, string>,
): void => {
  t.strictSame(scanned.twice, [], 'none twice');
  const missing = [...stored.keys()].filter((digest) => !scanned.messages.has(digest));
  t.strictSame(missing, [], 'none missing');
  t.equal(scanned.messages.size, stored.size, 'none that is not there');
  const changed = [...stored].filter(
    ([digest, message]) => scanned.messages.get(digest) !== message,
  );
  t.strictSame(changed, [], 'the same bytes');
};

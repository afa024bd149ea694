import { DIGEST_SIZE, Field, Info1, Info3, Op } from '../../record/layout.ts';
import { MessageWriter } from '../../record/message-writer.ts';
import { encodeProto, ProtoType } from '../proto.ts';
import type { PartitionTracker } from './partition-tracker.ts';
import { filterOf, type ScanSelection } from './scan-selection.ts';

const NEVER_EXPIRE = 0xffffffff;
/** "No timeout": while our output is stalled, the server must wait and not drop the scan. */
const SERVER_SOCKET_TIMEOUT = 0;

/**
 * Makes the request for a scan of some partitions on one node: whole partitions go into one field,
 * those already begun into another, by the digest after which to go on.
 *
 * The server is told no records per second. It would gather its 1 MiB for each of four threads at that
 * rate before it sends any: at 666/s, 4,600 records come at once after 7 s (8.1.2.0). As it is, it has
 * sent as much as the sockets hold, and waits while nobody reads, no busier than with a rate.
 *
 * @param maxRecords 0: all
 */
export const encodeScanRequest = (
  selection: ScanSelection,
  partitions: readonly number[],
  tracker: PartitionTracker,
  maxRecords: number,
  taskId: bigint,
): Buffer => {
  const writer = new MessageWriter();
  writer.begin({
    info1: Info1.READ | (selection.noBins === true ? Info1.NO_BINS : 0),
    info3: Info3.PARTITION_DONE,
    recordTtl: NEVER_EXPIRE,
  });
  writer.field(Field.NAMESPACE, Buffer.from(selection.namespace));
  const sets = selection.sets ?? [];
  if (sets.length === 1) writer.field(Field.SET, Buffer.from(sets[0]!));
  writer.field(Field.SOCKET_TIMEOUT, u32(SERVER_SOCKET_TIMEOUT));
  writer.field(Field.TASK_ID, u64(taskId));
  const filter = filterOf(selection);
  if (filter !== undefined) writer.field(Field.FILTER, filter);
  const whole = partitions.filter((id) => tracker.lastDigest(id) === undefined);
  if (whole.length > 0) writer.field(Field.PARTITIONS, partitionList(whole));
  if (whole.length < partitions.length)
    writer.field(Field.DIGESTS, digestList(partitions, tracker));
  if (maxRecords > 0) writer.field(Field.MAX_RECORDS, u64(BigInt(maxRecords)));
  for (const bin of selection.bins ?? []) writer.op(Op.READ, 0, Buffer.from(bin));
  writer.end();
  return encodeProto(ProtoType.MESSAGE, writer.take());
};

const u32 = (value: number): Buffer => {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

const u64 = (value: bigint): Buffer => {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
};

/** Partition ids are the protocol's one little-endian field. */
const partitionList = (ids: readonly number[]): Buffer => {
  const bytes = Buffer.allocUnsafe(ids.length * 2);
  ids.forEach((id, index) => {
    bytes.writeUInt16LE(id, index * 2);
  });
  return bytes;
};

const digestList = (ids: readonly number[], tracker: PartitionTracker): Buffer => {
  const digests = ids.flatMap((id) => tracker.lastDigest(id) ?? []);
  return Buffer.concat(digests, digests.length * DIGEST_SIZE);
};

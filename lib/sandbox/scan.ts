import { MessageWriter } from '../record/message-writer.ts';
import { encodeProto, ProtoType } from '../wire/proto.ts';
import type { Clock } from './clock.ts';
import type { Connection } from './connection.ts';
import type { ScanCut } from './fault.ts';
import type { Faults } from './faults.ts';
import { lastMessage, writePartitionMark, writeScannedRecord } from './reply.ts';
import type { Request } from './request.ts';
import { Result } from './result.ts';
import { planOf, type ScanPlan } from './scan-plan.ts';
import type { NamespaceStore, StoredBin, StoredRecord } from './store.ts';

/** Threads that the server gives one scan: so many partitions' protos interleave. */
const LANES = 4;

/** Parts of a second in which a limit on records per second is shared out. */
const PACES_PER_SECOND = 10;

/** What a scan works on. */
export interface ScanContext {
  readonly namespace: NamespaceStore;
  /** True if this node serves the partition. */
  readonly serves: (partition: number) => boolean;
  readonly faults: Faults;
  readonly clock: Clock;
  /** Bytes after which a proto is sent. */
  readonly protoSize: number;
}

/** A proto's body, and where each record in it ends. */
interface Part {
  readonly bytes: Buffer;
  readonly ends: readonly number[];
}

/** Answers a scan, whole: protos of records, then the end. */
export const answerScan = async (
  request: Request,
  connection: Connection,
  context: ScanContext,
): Promise<void> => {
  const plan = planOf(request);
  if (typeof plan === 'number') return sendLast(connection, plan);
  const held = context.faults.takeHolds();
  const cut = context.faults.takeCut();
  const progress = { left: plan.maxRecords, next: 0 };
  const lanes = Array.from({ length: LANES }, () => runLane(plan, context, held, progress));
  let sent = 0;
  for (const part of interleave(lanes)) {
    await context.faults.beforeProto();
    if (connection.closed) return;
    if (cut !== undefined && sent + part.ends.length > cut.afterRecords) {
      return cutOff(connection, part, cut, sent);
    }
    sent += part.ends.length;
    await connection.sendProto(ProtoType.MESSAGE, part.bytes);
    if (plan.recordsPerSecond > 0) {
      await context.clock.sleep((part.ends.length * 1000) / plan.recordsPerSecond);
    }
  }
  return sendLast(connection, Result.OK);
};

const sendLast = (connection: Connection, resultCode: number): Promise<void> =>
  connection.sendProto(ProtoType.MESSAGE, lastMessage(resultCode));

/** Takes from each lane in turn until all are done, as the server's threads do. */
function* interleave(lanes: Generator<Part>[]): Generator<Part> {
  let running = lanes;
  while (running.length > 0) {
    const done = new Set<Generator<Part>>();
    for (const lane of running) {
      const { value } = lane.next();
      if (value) yield value;
      else done.add(lane);
    }
    running = running.filter((lane) => !done.has(lane));
  }
}

/** One thread of the server: takes partitions off the list, and gives a part when it is full. */
function* runLane(
  plan: ScanPlan,
  context: ScanContext,
  held: ReadonlySet<number>,
  progress: { left: number; next: number },
): Generator<Part, undefined> {
  const writer = new MessageWriter();
  const namespace = Buffer.from(context.namespace.name);
  const paced = Math.ceil(plan.recordsPerSecond / PACES_PER_SECOND) || Number.POSITIVE_INFINITY;
  let ends: number[] = [];
  const take = (): Part => {
    const part = { bytes: writer.take(), ends };
    ends = [];
    return part;
  };
  for (let slot = plan.slots[progress.next++]; slot; slot = plan.slots[progress.next++]) {
    if (held.has(slot.partition) || !context.serves(slot.partition)) {
      writePartitionMark(writer, slot.partition, Result.UNAVAILABLE);
      continue;
    }
    for (const record of context.namespace.scan(slot.partition, slot.after)) {
      if (progress.left === 0) break;
      if (plan.set.length > 0 && !plan.set.equals(record.set)) continue;
      if (plan.filter && !plan.filter(record, context.namespace.now)) continue;
      progress.left--;
      const bins = binsOf(plan, record);
      // A record that has none of the bins that were picked is counted, but not sent.
      if (plan.bins !== undefined && bins?.length === 0) continue;
      writeScannedRecord(writer, namespace, record, bins);
      ends.push(writer.length);
      if (writer.length >= context.protoSize || ends.length >= paced) yield take();
    }
  }
  if (writer.length > 0) yield take();
  return undefined;
}

const binsOf = (plan: ScanPlan, record: StoredRecord): readonly StoredBin[] | undefined => {
  if (plan.noBins) return undefined;
  if (plan.bins === undefined) return record.bins;
  return plan.bins.flatMap((name) => record.bins.filter((bin) => bin.name.equals(name)));
};

/** Ends a scan as a fault wants it; `sent` records went before this part. */
const cutOff = async (
  connection: Connection,
  part: Part,
  cut: ScanCut,
  sent: number,
): Promise<void> => {
  const whole = cut.afterRecords - sent;
  const end = whole === 0 ? 0 : part.ends[whole - 1]!;
  if (cut.how === 'middle' || cut.how === 'reset') {
    const middle = (end + part.ends[whole]!) >>> 1;
    await connection.send(encodeProto(ProtoType.MESSAGE, part.bytes).subarray(0, 8 + middle));
  } else {
    if (end > 0) await connection.sendProto(ProtoType.MESSAGE, part.bytes.subarray(0, end));
    if (cut.how === 'nonsense') await connection.send(Buffer.alloc(64, 0xff));
  }
  if (cut.how === 'reset') connection.destroy('reset');
  else if (cut.how !== 'silence') connection.end();
};

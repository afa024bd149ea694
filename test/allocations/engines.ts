/** The engines of the hot paths, each as something that handles the same records again and again. */
import { Parser } from '../../lib/asb/parser.ts';
import { Serializer, type SerializerOptions } from '../../lib/asb/serializer.ts';
import { UnitScanner } from '../../lib/asb/unit-scanner.ts';
import { WholeUnits } from '../../lib/asb/whole-units.ts';
import { BufferPool, giveBack } from '../../lib/memory/buffer-pool.ts';
import { NdjsonWriter } from '../../lib/ndjson/writer.ts';
import { RecordBatch } from '../../lib/record/batch.ts';
import { BatchBuilder, type PlainRecord } from '../../lib/record/builder.ts';
import { viewOf } from '../../lib/record/layout.ts';
import { Double } from '../../lib/record/values.ts';
import { encodeProto, ProtoType } from '../../lib/wire/proto.ts';
import { PartitionTracker } from '../../lib/wire/scan/partition-tracker.ts';
import { CHUNK_SIZE, ScanReply } from '../../lib/wire/scan/scan-reply.ts';
import { RowEncoder } from '../../lib/wire/write/row-encoder.ts';
import { RowSettler } from '../../lib/wire/write/row-settler.ts';
import { noCounts } from '../../lib/wire/write/write-info.ts';
import { WriteReply } from '../../lib/wire/write/write-reply.ts';
import { WriteRequest } from '../../lib/wire/write/write-request.ts';
import { answerProto } from '../helpers/write-reply.ts';

/** Records that one call of an engine handles. */
export const RECORDS = 4000;

const NAMESPACE = 'test';
/** As a scan has them: many records of one partition behind each other. */
const RECORDS_OF_PARTITION = 500;
/** As a file gives them: what a piece takes counts for little. */
const PIECE_SIZE = 256 * 1024;
/** Rows of a write request. */
const ROWS = 512;

/** Doubles have few digits, and blobs are small: others go through strings of the runtime. */
const record = (index: number): PlainRecord => {
  const digest = Buffer.alloc(20, index);
  digest.writeUInt16LE(Math.floor(index / RECORDS_OF_PARTITION), 0);
  digest.writeUInt32BE(index, 8);
  return {
    set: 'people',
    key: index % 3 === 0 ? `key ${index}` : index,
    digest,
    generation: 1 + (index % 100),
    voidTime: 500_000_000 + index,
    bins: {
      integer: index * 7919,
      large: 2n ** 62n - BigInt(index),
      double: new Double(index / 16),
      text: `a text of some length, of record ${index}`,
      boolean: index % 2 === 0,
      blob: Buffer.alloc(30, index),
      list: [index, 'two', index % 7],
      map: new Map([['a', index % 100]]),
    },
  };
};

const builder = new BatchBuilder(NAMESPACE);
for (let index = 0; index < RECORDS; index++) builder.add(record(index));
const { bytes, offsets } = builder.build();
const batch = new RecordBatch(bytes, offsets);

const textOf = (): Buffer => {
  const serializer = new Serializer({ namespace: NAMESPACE });
  return Buffer.concat([...serializer.push(batch), ...serializer.end()]);
};
const text = textOf();
const HEADER_SIZE = text.indexOf('+ k ');

const pieces = (whole: Buffer): Buffer[] =>
  Array.from({ length: Math.ceil(whole.length / PIECE_SIZE) }, (_, index) =>
    whole.subarray(index * PIECE_SIZE, (index + 1) * PIECE_SIZE),
  );

/** Handles all records once. @returns how many those were, as far as the engine tells */
export type Engine = () => number;

const scanReply = (): Engine => {
  const reply = new ScanReply(new PartitionTracker(), new BufferPool(CHUNK_SIZE, 2));
  const chunks = pieces(encodeProto(ProtoType.MESSAGE, bytes));
  return () => {
    let records = 0;
    for (const chunk of chunks) {
      for (let at = 0; at < chunk.length; ) {
        const room = reply.space();
        const size = Math.min(room.length, chunk.length - at);
        room.set(chunk.subarray(at, at + size));
        const received = reply.received(size);
        records += received?.length ?? 0;
        received?.release();
        at += size;
      }
    }
    return records;
  };
};

const serializer =
  (options: Partial<SerializerOptions> = {}) =>
  (): Engine => {
    const engine = new Serializer({ namespace: NAMESPACE, reuseMemory: true, ...options });
    return () => {
      const before = engine.info.records;
      for (const piece of engine.push(batch)) giveBack(piece);
      return engine.info.records - before;
    };
  };

const ndjsonWriter = (): Engine => {
  const engine = new NdjsonWriter({ reuseMemory: true });
  return () => {
    const before = engine.info.records;
    for (const lines of engine.write(batch)) giveBack(lines);
    return engine.info.records - before;
  };
};

const parser = (): Engine => {
  const engine = new Parser({ reuseMemory: true });
  engine.push(text.subarray(0, HEADER_SIZE));
  const chunks = pieces(text.subarray(HEADER_SIZE));
  return () => {
    const before = engine.info.records;
    for (const chunk of chunks) {
      for (const item of engine.push(chunk)) if (item.kind === 'records') item.release();
    }
    return engine.info.records - before;
  };
};

const wholeUnits = (): Engine => {
  const scanner = new UnitScanner();
  const engine = new WholeUnits(scanner, new BufferPool(2 * PIECE_SIZE, 2));
  engine.push(text.subarray(0, HEADER_SIZE));
  const chunks = pieces(text.subarray(HEADER_SIZE));
  return () => {
    const before = scanner.records;
    for (const chunk of chunks) {
      const units = engine.push(chunk);
      if (units !== undefined) giveBack(units);
    }
    return scanner.records - before;
  };
};

/** Rows of a batch, the node's answers to them, and what becomes of them. */
const writer = (): Engine => {
  const counts = noCounts();
  const settler = new RowSettler({ namespace: NAMESPACE }, counts);
  const encoder = new RowEncoder({ namespace: NAMESPACE });
  const request = new WriteRequest('batch', ROWS);
  const again = new WriteRequest('batch', ROWS);
  const reply = new WriteReply();
  const view = viewOf(bytes);
  const answersTo = (rows: number): Buffer =>
    Buffer.concat([
      answerProto(
        ...Array.from({ length: rows }, (_, row) => ({
          row,
          generation: 1,
          voidTime: request.voidTime(row),
        })),
      ),
      answerProto({ last: true }),
    ]);
  const send = (answers: Buffer): void => {
    request.stamp(400_000_000);
    request.message(0);
    reply.begin('batch', request.rows);
    for (let at = 0; at < answers.length; ) {
      const room = reply.space();
      const size = Math.min(room.length, answers.length - at);
      room.set(answers.subarray(at, at + size));
      reply.received(size);
      at += size;
    }
    settler.settle({ location: 'A', request, reply, failure: undefined }, again);
    request.clear();
  };
  const answers: Buffer[] = [];
  return () => {
    const before = counts.inserted;
    let requests = 0;
    for (let index = 0; index < offsets.length; index += 2) {
      request.add(encoder, bytes, view, offsets[index]!, offsets[index + 1]!);
      if (!request.full && index + 2 < offsets.length) continue;
      send((answers[requests++] ??= answersTo(request.rows)));
    }
    return counts.inserted - before;
  };
};

/** By name; each begins anew when it is called. */
export const ENGINES: Readonly<Record<string, () => Engine>> = {
  'scan reply': scanReply,
  serializer: serializer(),
  'serializer, with notes': serializer({ noteExtents: true }),
  'NDJSON writer': ndjsonWriter,
  parser,
  'whole units': wholeUnits,
  'writer and its answers': writer,
};

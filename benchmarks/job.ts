/**
 * One measured job in a process of its own, so that its CPU time and its peak memory are its own:
 *
 *     node job.js NAME HOST:PORT NAMESPACE DIRECTORY   prints a line of JSON
 */
import { randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { connect } from 'node:net';
import { type Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { EncryptionKey } from '../lib/crypto/key.ts';
import { backup } from '../lib/jobs/backup.ts';
import { giveBack } from '../lib/memory/buffer-pool.ts';
import type { RecordChunk } from '../lib/record/chunk.ts';
import { AT_INFO3, AT_RESULT, HEADER_SIZE, Info3 } from '../lib/record/layout.ts';
import { compress } from '../lib/stages/compress.ts';
import { encrypt } from '../lib/stages/encrypt.ts';
import { encrypted } from '../lib/stages/encrypted.ts';
import { fromNdjson } from '../lib/stages/from-ndjson.ts';
import { load } from '../lib/stages/load.ts';
import { type ParseStage, parse } from '../lib/stages/parse.ts';
import { rotate } from '../lib/stages/rotate.ts';
import { type ScanStage, scan } from '../lib/stages/scan.ts';
import { serialize } from '../lib/stages/serialize.ts';
import { toNdjson } from '../lib/stages/to-ndjson.ts';
import { directory } from '../lib/storage/directory.ts';
import { backupFiles, homeAt } from '../lib/storage/homes.ts';
import type { StoredFile } from '../lib/storage/stored-file.ts';
import { parseAddresses } from '../lib/wire/address.ts';
import { PartitionTracker } from '../lib/wire/scan/partition-tracker.ts';
import { encodeScanRequest } from '../lib/wire/scan/scan-request.ts';

/** What a job moved. */
export interface Moved {
  readonly records: number;
  readonly bytes: number;
}

/** What a job cost. */
export interface Measured extends Moved {
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** Peak resident memory, in MB. */
  readonly rss: number;
}

const [, , name = '', host = '', namespace = '', place = ''] = process.argv;

const ENCRYPTION = { mode: 'aes128', key: new EncryptionKey(randomBytes(32)) } as const;

/** As the tests name a server of their own. */
const S3_OPTIONS = { endpoint: process.env.S3_TEST_ENDPOINT ?? '' };
const s3Location = (): string => process.env.ASB_BENCH_S3 ?? '';

/** Takes chunks and forgets them, counting their bytes. */
const nowhere = (): Writable & { bytes: number } => {
  const sink = new Writable({
    write(chunk: Uint8Array, _encoding, done) {
      counted.bytes += chunk.length;
      giveBack(chunk);
      done();
    },
  });
  const counted = Object.assign(sink, { bytes: 0 });
  return counted;
};

/** Counts records, and lets their memory be used again. */
const counting = (): Writable & { records: number } => {
  const sink = new Writable({
    objectMode: true,
    write(chunk: RecordChunk, _encoding, done) {
      if (chunk.kind === 'records') {
        counted.records += chunk.length;
        chunk.release();
      }
      done();
    },
  });
  const counted = Object.assign(sink, { records: 0 });
  return counted;
};

const fileOf = async (name: string): Promise<StoredFile> =>
  (await backupFiles(`${place}/${name}`))[0]!;

/** The text of a file that an earlier job made, as records. */
const parsed = async (): Promise<{
  readonly input: Readable;
  readonly records: ParseStage;
  readonly size: number;
}> => {
  const file = await fileOf('bench.asb');
  return { input: file.open(), records: parse({ reuseMemory: true }), size: file.size ?? 0 };
};

const source = (): ScanStage => scan({ seeds: host, namespace, reuseMemory: true });

/** Reads all that the server sends and looks only for the end, which closes nothing: the limit. */
const drain = (): Promise<Moved> =>
  new Promise((resolve, reject) => {
    const [address] = parseAddresses(host);
    const room = Buffer.allocUnsafe(1024 * 1024);
    let bytes = 0;
    // The end is a message of nothing but a header, all zeros but its size, a flag and the result.
    let tail = Buffer.alloc(0);
    const isEnd = (size: number): boolean => {
      const last = room.subarray(Math.max(0, size - HEADER_SIZE), size);
      tail = Buffer.concat([tail, last]).subarray(-HEADER_SIZE);
      const [flag, result] = [tail[AT_INFO3], tail[AT_RESULT]];
      if (tail.reduce((sum, byte) => sum + byte, 0) !== HEADER_SIZE + (flag ?? 0) + (result ?? 0)) {
        return false;
      }
      if (tail[0] !== HEADER_SIZE) return false;
      if (result !== 0) reject(new Error(`the server answered ${result}`));
      return flag === Info3.LAST;
    };
    const socket = connect({
      host: address?.host,
      port: address?.port ?? 0,
      onread: {
        buffer: room,
        callback: (size) => {
          bytes += size;
          if (isEnd(size)) {
            socket.destroy();
            resolve({ records: 0, bytes });
          }
          return true;
        },
      },
    });
    socket.once('error', reject);
    const tracker = new PartitionTracker();
    const taskId = randomBytes(8).readBigUInt64BE();
    socket.write(encodeScanRequest({ namespace }, tracker.remaining(), tracker, 0, taskId));
  });

/** A whole backup to nowhere, with so many workers. */
const whole = async (workers: number): Promise<Moved> => {
  const job = backup({
    seeds: host,
    namespace,
    outputFile: '/dev/null',
    removeFiles: true,
    workers,
  });
  const { records, bytes } = await job.done;
  return { records, bytes };
};

const JOBS: Readonly<Record<string, () => Promise<Moved>>> = {
  drain,
  async scan() {
    const from = source();
    await pipeline(from, counting());
    return from.info;
  },
  async serialize() {
    const from = source();
    const sink = nowhere();
    await pipeline(from, serialize({ namespace, reuseMemory: true }), sink);
    return { records: from.info.records, bytes: sink.bytes };
  },
  async compress() {
    const from = source();
    const sink = nowhere();
    await pipeline(from, serialize({ namespace, reuseMemory: true }), compress(), sink);
    return { records: from.info.records, bytes: sink.bytes };
  },
  async rotate() {
    const from = source();
    const storage = directory(`${place}/files`);
    const files = rotate({ storage, removeFiles: true, name: 'bench' });
    await pipeline(from, serialize({ namespace, reuseMemory: true }), files);
    return { records: from.info.records, bytes: files.info.bytes };
  },
  /** Compressed and encrypted, but kept nowhere. */
  async seal() {
    const from = source();
    const sink = nowhere();
    const stages = [serialize({ namespace, reuseMemory: true }), compress(), encrypt(ENCRYPTION)];
    await pipeline([from, ...stages, sink]);
    return { records: from.info.records, bytes: sink.bytes };
  },
  /** The whole way of `backup -d s3://… -z zstd -y aes128`. */
  async s3() {
    const from = source();
    const storage = encrypted(homeAt(s3Location(), S3_OPTIONS), ENCRYPTION);
    const files = rotate({ storage, removeFiles: true, name: 'bench' });
    await pipeline(from, serialize({ namespace, reuseMemory: true }), compress(), files);
    return { records: from.info.records, bytes: files.info.bytes };
  },
  async 'ndjson-out'() {
    const from = source();
    const sink = nowhere();
    await pipeline(from, toNdjson({ reuseMemory: true }), sink);
    return { records: from.info.records, bytes: sink.bytes };
  },
  backup: () => whole(0),
  'backup-workers-1': () => whole(1),
  'backup-workers-2': () => whole(2),
  'backup-workers-3': () => whole(3),
  /** Not measured: makes the input of those below. */
  async files() {
    const lines = source();
    const ndjson = createWriteStream(`${place}/bench.ndjson`);
    await pipeline(lines, toNdjson({ reuseMemory: true }), ndjson);
    const from = source();
    const text = createWriteStream(`${place}/bench.asb`);
    await pipeline(from, serialize({ namespace, reuseMemory: true }), text);
    return { records: from.info.records, bytes: 0 };
  },
  async read() {
    const sink = nowhere();
    await pipeline((await fileOf('bench.asb')).open(), sink);
    return { records: 0, bytes: sink.bytes };
  },
  async parse() {
    const { input, records, size } = await parsed();
    const sink = counting();
    await pipeline(input, records, sink);
    return { records: sink.records, bytes: size };
  },
  async load() {
    const { input, records, size } = await parsed();
    const sink = load({ seeds: host, namespace });
    await pipeline(input, records, sink);
    return { records: sink.info.inserted, bytes: size };
  },
  async 'parse-ndjson'() {
    const { input, records } = await parsed();
    const sink = nowhere();
    await pipeline(input, records, toNdjson({ reuseMemory: true }), sink);
    return { records: records.info.records, bytes: sink.bytes };
  },
  async 'ndjson-records'() {
    const sink = counting();
    const input = createReadStream(`${place}/bench.ndjson`, { highWaterMark: 1024 * 1024 });
    await pipeline(input, fromNdjson({ namespace }), sink);
    return { records: sink.records, bytes: 0 };
  },
  async 'ndjson-in'() {
    const sink = nowhere();
    const text = serialize({ namespace, reuseMemory: true });
    const input = createReadStream(`${place}/bench.ndjson`, { highWaterMark: 1024 * 1024 });
    await pipeline(input, fromNdjson({ namespace }), text, sink);
    return { records: text.info.records, bytes: sink.bytes };
  },
};

const job = JOBS[name];
if (job === undefined) throw new Error(`no job "${name}"; there are ${Object.keys(JOBS)}`);
const begin = performance.now();
const cpu = process.cpuUsage();
const moved = await job();
const { user, system } = process.cpuUsage(cpu);
const measured: Measured = {
  records: moved.records,
  bytes: moved.bytes,
  seconds: (performance.now() - begin) / 1000,
  cpuSeconds: (user + system) / 1e6,
  rss: process.resourceUsage().maxRSS / 1024,
};
console.log(JSON.stringify(measured));

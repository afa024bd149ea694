/**
 * Question: how fast do bytes get to S3 and back, beside a peer on the same server; and which stage
 * limits a backup to it? The server is that of `S3_TEST_ENDPOINT`, with AWS's variables:
 *
 *     node test/rgw/run.ts -- npm run bench -- --s3 --peer aws
 */
import { randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { CreateBucketCommand, DeleteBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { homeAt } from '../lib/storage/homes.ts';
import type { Measured } from './job.ts';
import { ASB, type Redirected, runCommand, runJob, startReplayServer } from './process.ts';
import { inTurn, medianOf, type Row, type Section } from './table.ts';

export interface S3Bench {
  readonly endpoint: string;
  /** The `aws` command. */
  readonly peer: string | undefined;
  readonly repeats: number;
  readonly records: number;
  readonly place: string;
}

/** What the pipeline is made of: each job has one stage more than the one before. */
const PIPELINE = [
  ['serialize', 'scan, serialize', 'serialize'],
  ['compress', '… compress (zstd)', 'compress'],
  ['seal', '… encrypt (aes128)', 'encrypt'],
  ['s3', '… rotate to S3', 'the upload'],
] as const;

/** One way to move an object: the command, and what its standard streams are. */
interface Way {
  readonly title: string;
  readonly command: readonly string[];
  readonly streams?: Redirected;
}

/** All in turn; each must move as many bytes as there are. */
const moved = async (
  title: string,
  ways: readonly Way[],
  size: number,
  repeats: number,
  check: () => Promise<void>,
): Promise<Section> => {
  const timed = ways.map(({ title, command, streams }) => {
    const run = async (): Promise<Measured> => {
      const measured = await runCommand(command, 0, streams);
      await check();
      return { ...measured, bytes: size };
    };
    return [title, run] as const;
  });
  return { title, rows: await inTurn(timed, repeats), by: 'bytes' };
};

const benchObjects = async (bench: S3Bench, bucket: string, file: string): Promise<Section[]> => {
  const { endpoint, peer, repeats, place } = bench;
  const size = statSync(file).size;
  const output = `${place}/output`;
  const url = `s3://${bucket}/object.asb`;
  const asb = (command: string, ...options: string[]): string[] => [
    ...[...ASB, command, url, '--s3-endpoint-override', endpoint],
    ...options,
  ];
  const aws = (...operands: string[]): string[] => [
    ...[peer ?? '', '--endpoint-url', endpoint, 's3', 'cp', '--only-show-errors'],
    ...operands,
  ];
  const name = basename(peer ?? '');
  const beside = (way: Way): Way[] => (peer === undefined ? [] : [way]);
  const isStored = async (): Promise<void> => {
    const [object] = await homeAt(`s3://${bucket}`, { endpoint }).files();
    if (object?.size !== size) throw new Error(`${object?.size} bytes of ${size} were uploaded`);
  };
  const isWhole = async (): Promise<void> => {
    const found = statSync(output).size;
    if (found !== size) throw new Error(`${found} bytes of ${size} were downloaded`);
  };
  const up = (title: string, peerWay: Way): Promise<Section> =>
    moved(
      'Upload to S3',
      [
        ...beside(peerWay),
        { title, command: asb('upload', '--remove-files'), streams: { input: file } },
      ],
      size,
      repeats,
      isStored,
    );
  const down = (title: string, peerWay: Way, streams: Redirected): Promise<Section> =>
    moved(
      'Download from S3',
      [...beside(peerWay), { title, command: asb('download'), streams }],
      size,
      repeats,
      streams.output === undefined ? async () => {} : isWhole,
    );
  return [
    await up('asb upload s3://… < FILE', {
      title: `${name} s3 cp FILE s3://…`,
      command: aws(file, url),
    }),
    await up('asb upload s3://… < FILE', {
      title: `${name} s3 cp - s3://… < FILE`,
      command: aws('-', url),
      streams: { input: file },
    }),
    await down(
      'asb download s3://… > FILE',
      { title: `${name} s3 cp s3://… FILE`, command: aws(url, output) },
      { output },
    ),
    await down(
      'asb download s3://…, to nowhere',
      { title: `${name} s3 cp s3://… -, to nowhere`, command: aws(url, '-') },
      {},
    ),
  ];
};

const benchPipeline = async (bench: S3Bench, bucket: string, host: string): Promise<Section> => {
  process.env.ASB_BENCH_S3 = `s3://${bucket}/pipeline`;
  const ways = PIPELINE.map(([job, title]) => {
    const run = async (): Promise<Measured> => {
      const measured = await runJob(job, host, 'bench', bench.place);
      if (measured.records === bench.records) return measured;
      throw new Error(`${job}: ${measured.records} records`);
    };
    return [title, run] as const;
  });
  const rows = await inTurn(ways, bench.repeats);
  return { title: `A backup to S3. ${limitOf(rows)}`, rows, by: 'records' };
};

/** The stage with which the pipeline takes the most time more. */
const limitOf = (rows: readonly Row[]): string => {
  const seconds = rows.map((row) => medianOf(row, (run) => run.seconds));
  const more = seconds.map((each, index) => each - (seconds[index - 1] ?? 0));
  const slowest = more.indexOf(Math.max(...more));
  const share = Math.round((100 * more[slowest]!) / seconds[seconds.length - 1]!);
  return `Limited by ${PIPELINE[slowest]![2]}, with which it takes ${share} % of its time.`;
};

export const benchS3 = async (bench: S3Bench): Promise<Section[]> => {
  const { endpoint, place, records } = bench;
  const client = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true });
  const Bucket = `asb-bench-${randomBytes(6).toString('hex')}`;
  await client.send(new CreateBucketCommand({ Bucket }));
  const server = await startReplayServer(records);
  try {
    await runJob('files', server.host, 'bench', place);
    const objects = await benchObjects(bench, Bucket, `${place}/bench.asb`);
    return [...objects, await benchPipeline(bench, Bucket, server.host)];
  } finally {
    server.stop();
    for (const prefix of ['', '/pipeline']) {
      await homeAt(`s3://${Bucket}${prefix}`, { endpoint }).prepare({ removeFiles: true });
    }
    await client.send(new DeleteBucketCommand({ Bucket }));
  }
};

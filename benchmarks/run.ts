/**
 *     npm run bench                                       each stage, without a server
 *     npm run bench -- --hosts H --namespace N            the same against a cluster
 *                      [--peer asbackup] [--load 1000000]
 *                      [--restore [--peer asrestore]]     EMPTIES the namespace again and again
 *     npm run bench -- --encryption                       encrypt and decrypt beside openssl
 *     node test/rgw/run.ts -- npm run bench -- --s3 [--peer aws]       to S3 and back
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import yargs from 'yargs';
import { benchCluster } from './cluster.ts';
import { benchEncryption } from './encryption.ts';
import { benchReplay } from './replay.ts';
import { benchRestore } from './restore.ts';
import { benchS3 } from './s3.ts';

const { argv } = yargs(process.argv.slice(2))
  .options({
    hosts: { type: 'string', describe: 'a cluster to measure against, host:port' },
    namespace: { type: 'string', default: 'test', describe: 'its namespace' },
    peer: {
      type: 'string',
      describe: 'command of asbackup (asrestore with --restore), to run beside',
    },
    restore: {
      type: 'boolean',
      default: false,
      describe: 'measure restoring, and not backing up: THE NAMESPACE IS EMPTIED again and again',
    },
    encryption: { type: 'boolean', default: false, describe: 'measure encrypt and decrypt' },
    s3: { type: 'boolean', default: false, describe: 'measure S3, on the server S3_TEST_ENDPOINT' },
    load: { type: 'number', describe: 'write so many records of the benchmark there first' },
    records: { type: 'number', default: 1_000_000, describe: 'records of the replay server' },
    repeats: { type: 'number', default: 5 },
    place: { type: 'string', default: tmpdir(), describe: 'where files are written' },
  })
  .strict();

const options = await argv;
const place = mkdtempSync(join(options.place, 'asb-bench-'));
try {
  const { hosts: host, namespace, peer, repeats, records, restore } = options;
  if (options.encryption) {
    console.log(await benchEncryption(records, repeats, place));
  } else if (options.s3) {
    const endpoint = process.env.S3_TEST_ENDPOINT;
    if (endpoint === undefined) throw new Error('S3_TEST_ENDPOINT is not set');
    console.log(await benchS3({ endpoint, peer, repeats, records, place }));
  } else if (host === undefined) {
    console.log(await benchReplay(records, repeats, place));
  } else {
    if (options.load !== undefined) {
      const { load } = await import('./load.ts');
      await load(host, namespace, options.load);
    }
    const bench = { host, namespace, peer, repeats, place };
    console.log(restore ? await benchRestore(bench) : await benchCluster(bench));
  }
} finally {
  rmSync(place, { recursive: true, force: true });
}

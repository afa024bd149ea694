/**
 *     npm run bench                                       each stage, without a server
 *     npm run bench -- --hosts H --namespace N            the same against a cluster
 *                      [--peer asbackup] [--load 1000000]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import yargs from 'yargs';
import { benchCluster } from './cluster.ts';
import { benchReplay } from './replay.ts';

const { argv } = yargs(process.argv.slice(2))
  .options({
    hosts: { type: 'string', describe: 'a cluster to measure against, host:port' },
    namespace: { type: 'string', default: 'test', describe: 'its namespace' },
    peer: { type: 'string', describe: 'command of asbackup, to run beside' },
    load: { type: 'number', describe: 'write so many records of the benchmark there first' },
    records: { type: 'number', default: 1_000_000, describe: 'records of the replay server' },
    repeats: { type: 'number', default: 5 },
    place: { type: 'string', default: tmpdir(), describe: 'where files are written' },
  })
  .strict();

const options = await argv;
const place = mkdtempSync(join(options.place, 'asb-bench-'));
try {
  const { hosts: host, namespace, peer, repeats, records } = options;
  if (host === undefined) {
    console.log(await benchReplay(records, repeats, place));
  } else {
    if (options.load !== undefined) {
      const { load } = await import('./load.ts');
      await load(host, namespace, options.load);
    }
    console.log(await benchCluster({ host, namespace, peer, repeats, place }));
  }
} finally {
  rmSync(place, { recursive: true, force: true });
}

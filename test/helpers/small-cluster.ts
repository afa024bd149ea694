/** A cluster for backups that are cut off, dealt out and gone on with: two nodes that answer in small pieces. */
import type { Test } from 'tap';
import { EncryptionKey } from '../../lib/crypto/key.ts';
import { type BackupOptions, backup } from '../../lib/jobs/backup.ts';
import { type Sandbox, startSandbox } from '../../lib/sandbox/index.ts';
import { contentOf } from './backup-content.ts';

/** Records of the cluster. */
export const RECORDS = 1500;
export const encryption = {
  mode: 'aes256',
  key: new EncryptionKey(Buffer.from('secret')),
} as const;

export interface SmallCluster {
  readonly sandbox: Sandbox;
  /** What every backup of it is told. */
  readonly base: BackupOptions;
}

/** Closed when the test is over. */
export const smallCluster = async (t: Test): Promise<SmallCluster> => {
  const sandbox = await startSandbox({ nodes: 2, records: RECORDS, protoSize: 4000 });
  t.teardown(() => sandbox.close());
  const base = {
    seeds: sandbox.seeds.join(),
    namespace: 'test',
    sleepBetweenRetries: 1,
    maxRetries: 2,
  };
  return { sandbox, base };
};

/** Content of a backup by one thread that nobody disturbed. */
export const wholeContent = async (
  t: Test,
  base: BackupOptions,
): Promise<Awaited<ReturnType<typeof contentOf>>> => {
  const directory = t.testdir();
  await backup({ ...base, directory }).done;
  return contentOf(directory, {});
};

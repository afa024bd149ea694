/** Small restores and verifications of what `BACKUPS` has left, ended in every way. */
import { createReadStream, readdirSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { type RestoreOptions, restore } from '../../lib/jobs/restore.ts';
import { type VerifyOptions, verify } from '../../lib/jobs/verify.ts';
import { PLAIN, SEALED } from './backups.ts';
import { ENCRYPTION, failing, IMPATIENT, mustBe, type Step, stopped } from './step.ts';
import { RECORDS } from './world.ts';

const restoring = (options: RestoreOptions) => restore({ namespace: 'copy', ...options });

const whole = async (options: RestoreOptions): Promise<void> => {
  const { total, recordsBefore } = await restoring(options).done;
  mustBe('records', total + recordsBefore, RECORDS);
};

const verified = async (options: VerifyOptions, failures = 0): Promise<void> => {
  const report = await verify(options).done;
  mustBe('failures', report.failures.length, failures);
  if (failures === 0) mustBe('records', report.records, RECORDS);
};

export const READERS: readonly Step[] = [
  {
    name: 'a restore',
    backups: 0,
    run: ({ servers, at }) => whole({ seeds: servers.sound, directory: at(PLAIN) }),
  },
  {
    name: 'a restore of two files at once, with a state',
    backups: 0,
    run: ({ servers, at }) =>
      whole({
        ...{ seeds: servers.sound, directory: at(SEALED), encryption: ENCRYPTION },
        ...{ parallel: 2, stateFile: at('restore.state') },
      }),
  },
  {
    name: 'a restore that is stopped, and continued',
    backups: 0,
    run: async ({ servers, at }) => {
      const options = { directory: at(SEALED), encryption: ENCRYPTION };
      const job = restoring({ seeds: servers.slow, ...options, stateFile: at('stopped.state') });
      const continueFrom = await stopped(job);
      await whole({ seeds: servers.sound, ...options, continueFrom });
    },
  },
  {
    name: 'a restore from S3',
    backups: 0,
    run: ({ servers, s3 }) =>
      whole({ seeds: servers.sound, directory: s3(PLAIN), s3: { endpoint: servers.s3 } }),
  },
  {
    name: 'a restore from a stream',
    backups: 0,
    run: ({ servers, at }) =>
      whole({ seeds: servers.sound, input: createReadStream(at('one.asb')) }),
  },
  {
    name: 'a restore whose connections break',
    backups: 0,
    run: async ({ servers, at }) => {
      const options = { seeds: servers.cut, directory: at(PLAIN), ...IMPATIENT };
      await failing(restoring(options).done, 'NETWORK', 'PARTITIONS');
    },
  },
  {
    name: 'a restore to a node that is overloaded',
    backups: 0,
    run: async ({ servers, at }) => {
      const options = { seeds: servers.mad, directory: at(PLAIN), ...IMPATIENT };
      await failing(restoring(options).done, 'SERVER');
    },
  },
  {
    name: 'a restore to where nobody listens',
    backups: 0,
    run: async ({ servers, at }) => {
      const options = { seeds: servers.nobody, directory: at(PLAIN) };
      await failing(restoring(options).done, 'CONNECT');
    },
  },
  {
    name: 'a restore without the key',
    backups: 0,
    run: async ({ servers, at }) => {
      const options = { seeds: servers.sound, directory: at(SEALED) };
      await failing(restoring(options).done, 'KEY', 'FORMAT');
    },
  },
  {
    name: 'a verification',
    backups: 0,
    run: ({ at }) => verified({ paths: [at(SEALED)], encryption: ENCRYPTION }),
  },
  {
    name: 'a verification of S3',
    backups: 0,
    run: ({ servers, s3 }) => verified({ paths: [s3(PLAIN)], s3: { endpoint: servers.s3 } }),
  },
  {
    name: 'a verification of a stream',
    backups: 0,
    run: ({ at }) => verified({ input: createReadStream(at('one.asb')) }),
  },
  {
    name: 'a verification that is stopped',
    backups: 0,
    run: async ({ at }) => {
      const job = verify({ paths: [at(SEALED)], encryption: ENCRYPTION });
      job.abort();
      await failing(job.done, 'ABORTED');
    },
  },
  {
    name: 'a verification and a restore of a file that is cut off',
    backups: 0,
    run: async ({ servers, at }) => {
      const directory = at(PLAIN);
      const [file = ''] = readdirSync(directory).filter((name) => name.endsWith('.asb'));
      truncateSync(join(directory, file), 50_000);
      await verified({ paths: [directory] }, 1);
      await failing(restoring({ seeds: servers.sound, directory }).done, 'TRUNCATED');
    },
  },
];

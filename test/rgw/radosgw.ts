/**
 * Ceph's radosgw over a cluster of one monitor and one OSD in memory: an S3 server that is not
 * ours. It listens on loopback only, and all that it writes is in one temporary directory.
 */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { accessSync, constants, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { cephConfig, keyring } from './config.ts';
import { type Daemon, startDaemon } from './daemon.ts';
import { tied } from './tied.ts';

const PROGRAMS: readonly string[] = [
  ...['ceph', 'ceph-mon', 'ceph-osd', 'monmaptool', 'radosgw', 'radosgw-admin', 'setpriv'],
];
/** Debian packages that have these; setpriv's, util-linux, is always there. */
export const PACKAGES = 'radosgw ceph-mon ceph-osd ceph-common';

/** Milliseconds that a start may take: it takes one or two seconds on two cores. */
const PATIENCE = 60_000;
/** Milliseconds between two looks whether radosgw answers. */
const LOOK = 50;

export interface Radosgw {
  /** `http://127.0.0.1:PORT`; buckets are in the path. */
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Aborts when a server ends by itself; the reason is an Error that quotes its log. */
  readonly failed: AbortSignal;
  /** Kills the servers and removes the directory. */
  stop(): Promise<void>;
}

/** What `radosgw-admin user create` says, as far as we need it. */
interface User {
  readonly keys: readonly [{ readonly access_key: string; readonly secret_key: string }];
}

/** Those of the programs it takes that are not on `PATH`. */
export const missingPrograms = (path = process.env.PATH ?? ''): string[] => {
  const folders = path.split(delimiter).filter((folder) => folder !== '');
  return PROGRAMS.filter(
    (program) =>
      !folders.some((folder) => {
        try {
          accessSync(join(folder, program), constants.X_OK);
          return true;
        } catch {
          return false;
        }
      }),
  );
};

/** Two ports on loopback that were free just now. */
const freePorts = async (): Promise<[number, number]> => {
  const servers = [createServer(), createServer()] as const;
  const open = async (server: (typeof servers)[number]): Promise<number> => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return address.port;
  };
  const ports: [number, number] = [await open(servers[0]), await open(servers[1])];
  for (const server of servers) await once(server.close(), 'close');
  return ports;
};

/** Waits until an HTTP server answers, whatever it says. */
const answers = async (url: string, signal: AbortSignal): Promise<void> => {
  for (;;) {
    const response = await fetch(url, { signal }).catch(() => undefined);
    await response?.body?.cancel();
    if (response !== undefined) return;
    await sleep(LOOK, undefined, { signal });
  }
};

/**
 * Starts the servers and makes a user.
 *
 * @param stopped ends a start that is under way
 * @throws `stopped.reason` if that aborts; else an Error that quotes the servers' logs. Nothing
 *   is left behind then.
 */
export const startRadosgw = async (stopped: AbortSignal): Promise<Radosgw> => {
  const directory = mkdtempSync(join(tmpdir(), 'asb-rgw-'));
  const config = join(directory, 'ceph.conf');
  const failure = new AbortController();
  const signal = AbortSignal.any([stopped, failure.signal, AbortSignal.timeout(PATIENCE)]);
  const daemons: Daemon[] = [];

  const run = async (program: string, ...args: readonly string[]): Promise<string> => {
    const command = tied('KILL', [program, '-c', config, ...args]);
    const { stdout } = await promisify(execFile)(...command, { signal, killSignal: 'SIGKILL' });
    return stdout;
  };
  const start = (program: string, ...args: readonly string[]): void => {
    signal.throwIfAborted();
    daemons.unshift(
      startDaemon({
        program,
        args: ['-f', '-c', config, ...args],
        log: join(directory, `${program}.log`),
        onFailure: (error) => failure.abort(error),
      }),
    );
  };
  const stop = async (): Promise<void> => {
    for (const daemon of daemons) await daemon.stop();
    // A program that was just killed may not be quite gone.
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  };

  try {
    const [monPort, gatewayPort] = await freePorts();
    const [fsid, osd] = [randomUUID(), randomUUID()];
    for (const name of ['mon', 'osd', 'gateway']) mkdirSync(join(directory, name));
    const secret = { mode: 0o600 };
    writeFileSync(config, cephConfig({ directory, fsid, monPort, gatewayPort }), secret);
    writeFileSync(join(directory, 'keyring'), keyring(), secret);

    const map = join(directory, 'monmap');
    const address = `[v2:127.0.0.1:${monPort}]`;
    await run('monmaptool', '--create', '--fsid', fsid, '--addv', 'a', address, map);
    await run('ceph-mon', '--mkfs', '-i', 'a', '--monmap', map);
    start('ceph-mon', '-i', 'a');
    await run('ceph', 'osd', 'new', osd);
    await run('ceph-osd', '--mkfs', '-i', '0', '--osd-uuid', osd);
    start('ceph-osd', '-i', '0');
    const user: User = JSON.parse(
      await run('radosgw-admin', 'user', 'create', '--uid=tests', '--display-name=tests'),
    );
    start('radosgw', '-n', 'client.gateway');
    const endpoint = `http://127.0.0.1:${gatewayPort}`;
    await answers(endpoint, signal);

    const [{ access_key: accessKeyId, secret_key: secretAccessKey }] = user.keys;
    return { endpoint, accessKeyId, secretAccessKey, failed: failure.signal, stop };
  } catch (cause) {
    const logs = daemons.map((daemon) => daemon.tail());
    await stop();
    stopped.throwIfAborted();
    failure.signal.throwIfAborted();
    const what = signal.aborted ? `it took longer than ${PATIENCE} ms` : String(cause);
    throw new Error([`radosgw did not start: ${what}`, ...logs].join('\n'), { cause });
  }
};

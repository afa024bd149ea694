import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { AsbError, messageOf } from '../errors.ts';
import { keepsNothing } from './continuation.ts';
import { makeDirectory } from './make-directory.ts';
import { requireFileName } from './names.ts';
import type { Storage, StorageFile } from './storage.ts';
import { storageError } from './storage-error.ts';

export interface CommandStorageOptions {
  /** The shell that runs the command, as `SHELL -c COMMAND`; `/bin/sh` if left out. */
  readonly shell?: string;
}

/**
 * Pipes each file's bytes through a shell command, with `$FILE` set to the path that the file
 * would have, as GNU `split --filter` does. What the command prints goes to our stdout and stderr.
 *
 * A file is whole when its command ended with exit status 0. Anything else, also a command that
 * ends before it has taken all bytes, is an AsbError `FILTER_COMMAND` that names file and command.
 * An aborted file's command is killed (with its children: it runs in a process group of its own),
 * before it could take the end of its input for the end of the file.
 *
 * `create` throws `USAGE` for a name that leads out of the directory.
 */
export const commandStorage = (
  command: string,
  path: string,
  { shell = '/bin/sh' }: CommandStorageOptions = {},
): Storage => ({
  location: path,

  async prepare() {
    await makeDirectory(path).catch((cause: unknown) => {
      throw storageError('prepare', path, cause);
    });
  },

  async prepareToContinue() {
    throw keepsNothing(path);
  },

  async create(name) {
    const location = join(path, requireFileName(name, path));
    const run = () =>
      spawn(shell, ['-c', command], {
        env: { ...process.env, FILE: location },
        stdio: ['pipe', 'inherit', 'inherit'],
        detached: true,
      });
    try {
      return new CommandFile(name, location, command, run());
    } catch (cause) {
      // Some failures come as an event, others (a command that is too long) are thrown.
      throw commandFailure(location, command, messageOf(cause), cause);
    }
  },

  async remove(name) {
    const file = join(path, name);
    throw new AsbError('STORAGE', `cannot remove ${file}: a command wrote it`, { file });
  },
});

class CommandFile implements StorageFile {
  readonly name: string;
  readonly location: string;
  readonly #command: string;
  readonly #child: ChildProcess;
  readonly #input: Writable;
  /** Resolves when the command has ended, with what is wrong about that, if anything. */
  readonly #ended: Promise<AsbError | undefined>;

  constructor(
    name: string,
    location: string,
    command: string,
    child: ChildProcess & { readonly stdin: Writable },
  ) {
    this.name = name;
    this.location = location;
    this.#command = command;
    this.#child = child;
    this.#input = child.stdin;
    // What a broken pipe means is known when the command has ended.
    this.#input.on('error', () => {});
    this.#ended = new Promise((resolve) => {
      child.once('error', (cause) => resolve(this.#failure(messageOf(cause), cause)));
      child.once('close', (code, signal) => resolve(this.#judge(code, signal)));
    });
  }

  async write(chunk: Uint8Array): Promise<void> {
    const taken = await new Promise<boolean>((resolve) => {
      this.#input.write(chunk, (error) => resolve(error === undefined || error === null));
    });
    if (!taken) throw (await this.#ended) ?? this.#failure('ended before it took all bytes');
  }

  async close(): Promise<void> {
    this.#input.end();
    const failure = await this.#ended;
    if (failure !== undefined) throw failure;
  }

  async abort(): Promise<void> {
    const { pid, exitCode, signalCode } = this.#child;
    if (pid !== undefined && exitCode === null && signalCode === null)
      process.kill(-pid, 'SIGTERM');
    this.#input.destroy();
    await this.#ended;
  }

  #judge(code: number | null, signal: string | null): AsbError | undefined {
    if (code === 0) return undefined;
    return this.#failure(
      code === null ? `was ended by ${signal}` : `ended with exit status ${code}`,
    );
  }

  #failure(what: string, cause?: unknown): AsbError {
    return commandFailure(this.location, this.#command, what, cause);
  }
}

const commandFailure = (file: string, command: string, what: string, cause: unknown): AsbError =>
  new AsbError('FILTER_COMMAND', `${file}: the command "${command}" ${what}`, { file, cause });

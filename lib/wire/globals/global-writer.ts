import { setTimeout as sleep } from 'node:timers/promises';
import { AsbError } from '../../errors.ts';
import type { Global, SecondaryIndex, UdfModule } from '../../record/globals.ts';
import type { Cluster } from '../cluster.ts';
import { checkInfoValue, parsePairs } from '../info.ts';
import type { ClusterNode } from '../node.ts';
import { isNetwork } from '../node-error.ts';
import { lookAnew, retrying } from '../retrying.ts';
import {
  checkIndex,
  createIndexCommand,
  definitionOf,
  deleteIndexCommand,
  indexStateCommand,
} from './index-commands.ts';
import { InfoClient, noNode } from './info-client.ts';
import { readIndexes } from './read-globals.ts';
import { checkUdf, getUdfCommand, isSameUdf, putUdfCommand } from './udf-commands.ts';

/** Milliseconds between two looks at something that is not done yet: the first, and the longest. */
const FIRST_PAUSE = 10;
const LONGEST_PAUSE = 1000;

export interface GlobalWriterOptions {
  /** Where indexes go, whatever namespace they name: a rename holds for them too. */
  readonly namespace: string;
  /** Whether {@link GlobalWriter.settle} waits for every node, and until indexes are built. */
  readonly wait?: boolean | undefined;
  /** ms that something that was accepted may stay unseen before it counts as lost. Default 10000. */
  readonly timeout?: number | undefined;
  /** How often a global is tried again when a node is lost. Default 10. */
  readonly maxRetries?: number | undefined;
  /** ms before the first of these retries; it doubles with each, up to 5 s. Default 100. */
  readonly sleepBetweenRetries?: number | undefined;
  /** Told of what went wrong but was lived with. */
  readonly onNotice?: ((notice: string) => void) | undefined;
}

/** What became of globals of one kind. */
export interface GlobalCounts {
  /** Was not there. */
  created: number;
  /** Was there under the same name, and another. */
  replaced: number;
  /** Was there as it is; left alone. */
  same: number;
}

export interface GlobalWriterInfo {
  readonly indexes: Readonly<GlobalCounts>;
  readonly udfs: Readonly<GlobalCounts>;
}

/** What was told of one global so far: a node that was lost may have heard it. */
interface Told {
  outcome: 'created' | 'replaced' | undefined;
}

/** How far something is, at one node or at all. */
type State = 'done' | 'building' | 'missing';

/**
 * Makes secondary indexes and registers UDF modules. What is there already is left alone: making
 * an index anew costs its whole build.
 */
export class GlobalWriter {
  readonly info = {
    indexes: { created: 0, replaced: 0, same: 0 },
    udfs: { created: 0, replaced: 0, same: 0 },
  } satisfies GlobalWriterInfo;
  readonly #cluster: Cluster;
  readonly #options: GlobalWriterOptions;
  /** What {@link settle} looks after, by kind and name: of two with one name the later stands. */
  readonly #written = new Map<string, Global>();
  readonly #stop = new AbortController();
  readonly #info: InfoClient;

  constructor(cluster: Cluster, options: GlobalWriterOptions) {
    this.#cluster = cluster;
    this.#options = options;
    this.#info = new InfoClient(cluster, this.#stop.signal);
  }

  /**
   * Looks whether a global can be written at all; asks no server.
   * @throws AsbError `FORMAT` for a name that no info command can carry
   */
  static check(global: Global): void {
    if (global.kind === 'index') checkIndex(global);
    else checkUdf(global);
  }

  /**
   * Brings a global to the cluster; resolves when a node has accepted it.
   *
   * @throws AsbError `FORMAT` as {@link check}; `SERVER` with the server's words, if it refuses;
   *   `NETWORK` or `CONNECT` if no node answers, and retries run out; `ABORTED` after {@link close}
   */
  async write(global: Global): Promise<void> {
    GlobalWriter.check(global);
    this.#stop.signal.throwIfAborted();
    const written = global.kind === 'index' ? this.#placed(global) : global;
    const told: Told = { outcome: undefined };
    const write = (): Promise<void> =>
      written.kind === 'index' ? this.#writeIndex(written, told) : this.#writeUdf(written, told);
    await retrying(this.#cluster, nameOf(written), write, {
      maxRetries: this.#options.maxRetries,
      sleepBetweenRetries: this.#options.sleepBetweenRetries,
      signal: this.#stop.signal,
      onNotice: this.#options.onNotice,
    });
    this.#written.set(`${written.kind} ${written.name}`, written);
  }

  /**
   * Resolves when all that was written is there: at one node, or, with `wait`, at every node, and
   * indexes built, however long that takes.
   *
   * @throws AsbError `SERVER` for what a node accepted and does not have after `timeout`; `NETWORK`
   *   if no node could be asked then
   */
  async settle(): Promise<void> {
    for (const global of this.#written.values()) await this.#settled(global);
  }

  /** Ends what is under way: it rejects with `ABORTED`. */
  close(): void {
    this.#stop.abort(new AsbError('ABORTED', 'the writer was closed'));
  }

  /** The index as it shall be made. */
  #placed(index: SecondaryIndex): SecondaryIndex {
    const { namespace } = this.#options;
    if (index.set !== 'null' || index.collection === 'set') return { ...index, namespace };
    this.#notice(
      `index "${index.name}" is of set "null", as asbackup writes an index without a set; it is made without`,
    );
    return { ...index, namespace, set: '' };
  }

  async #writeIndex(index: SecondaryIndex, told: Told): Promise<void> {
    const definition = definitionOf(index);
    const known = await this.#listIndexes();
    const namesake = known.find(({ name }) => name === index.name);
    if (namesake !== undefined && definitionOf(namesake) === definition) {
      this.info.indexes[told.outcome ?? 'same']++;
      return;
    }
    const what = nameOf(index);
    told.outcome ??= namesake === undefined ? 'created' : 'replaced';
    if (namesake !== undefined) {
      await this.#info.tell(`removing ${what}`, (build) => deleteIndexCommand(index, build));
      // Older servers say yes before it is gone, and then refuse the new one.
      const isGone = async (): Promise<State> =>
        (await this.#listIndexes()).some(({ name }) => name === index.name) ? 'missing' : 'done';
      await this.#until(isGone, `${what} of another definition is still there after its removal`);
    }
    const twin = known.find((other) => definitionOf(other) === definition);
    if (twin !== undefined) {
      this.#notice(`index "${twin.name}" is the same as ${what}: the server keeps one, renamed`);
    }
    await this.#info.tell(what, (build) => createIndexCommand(index, build));
    this.info.indexes[told.outcome]++;
  }

  async #writeUdf(module: UdfModule, told: Told): Promise<void> {
    const stored = await this.#info.ask(() => getUdfCommand(module));
    if (isSameUdf(stored.value, module)) {
      this.info.udfs[told.outcome ?? 'same']++;
      return;
    }
    told.outcome ??= stored.value.includes('content=') ? 'replaced' : 'created';
    await this.#info.tell(nameOf(module), () => putUdfCommand(module));
    this.info.udfs[told.outcome]++;
  }

  async #settled(global: Global): Promise<void> {
    const look = (node: ClusterNode): Promise<State> =>
      global.kind === 'index' ? this.#indexAt(node, global) : this.#udfAt(node, global);
    await this.#until(
      () => this.#lookAt(look),
      `the server accepted ${nameOf(global)} and does not have it`,
    );
  }

  /** The state at one node, or the worst of all; or why nobody could look. */
  async #lookAt(look: (node: ClusterNode) => Promise<State>): Promise<State | AsbError> {
    const nodes = this.#cluster.nodes;
    try {
      if (nodes.length === 0) throw noNode();
      const looked = this.#options.wait === true ? nodes : nodes.slice(0, 1);
      const states = await Promise.all(looked.map(look));
      if (states.includes('missing')) return 'missing';
      return states.includes('building') ? 'building' : 'done';
    } catch (error) {
      if (!isNetwork(error)) throw error;
      await lookAnew(this.#cluster); // and forget the node, if it is gone
      return error;
    }
  }

  async #indexAt(node: ClusterNode, index: SecondaryIndex): Promise<State> {
    const definition = definitionOf(index);
    const known = await readIndexes((command) => node.askOne(command), index.namespace);
    const made = known.find((other) => definitionOf(other) === definition);
    if (made === undefined) return 'missing';
    if (this.#options.wait !== true) return 'done';
    const state = await this.#info.askNode(node, (build) => indexStateCommand(made, build));
    const share = parsePairs(state, ';').get('load_pct');
    if (share === undefined) return 'missing';
    return share === '100' ? 'done' : 'building';
  }

  async #udfAt(node: ClusterNode, module: UdfModule): Promise<State> {
    const stored = await this.#info.askNode(node, () => getUdfCommand(module));
    return isSameUdf(stored, module) ? 'done' : 'missing';
  }

  /** Looks again and again; time counts only while a thing is missing. */
  async #until(look: () => Promise<State | AsbError>, failure: string): Promise<void> {
    const { timeout = 10_000 } = this.#options;
    const { signal } = this.#stop;
    let missing = 0;
    for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
      signal.throwIfAborted();
      const state = await look();
      if (state === 'done') return;
      if (state !== 'building' && (missing += pause) > timeout) {
        if (state !== 'missing') throw state;
        throw new AsbError('SERVER', `${failure}, after ${timeout} ms`);
      }
      await sleep(pause, undefined, { signal }).catch(() => {}); // the loop's begin tells why
    }
  }

  async #listIndexes(): Promise<SecondaryIndex[]> {
    return readIndexes(async (command) => {
      const { node, value } = await this.#info.ask(() => command);
      return checkInfoValue(command, value, node.location);
    }, this.#options.namespace);
  }

  #notice(notice: string): void {
    this.#options.onNotice?.(notice);
  }
}

const nameOf = ({ kind, name }: Global): string =>
  `${kind === 'index' ? 'index' : 'UDF module'} "${name}"`;

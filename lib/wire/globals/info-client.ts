import { AsbError, codeOf } from '../../errors.ts';
import type { Cluster } from '../cluster.ts';
import type { ClusterNode } from '../node.ts';
import { udfRefusal } from './udf-commands.ts';

/** A command in the form that a server of this build (`8.1.2.0`) takes. */
export type CommandFor = (build: string) => string;

/** An answer as the node gave it, also if it is a refusal. */
export interface InfoAnswer {
  readonly node: ClusterNode;
  readonly value: string;
}

/** Asks and tells the nodes of a cluster, each in the form that its version takes. */
export class InfoClient {
  readonly #cluster: Cluster;
  readonly #signal: AbortSignal;
  readonly #builds = new Map<ClusterNode, string>();

  /** @param signal ends it: what is asked after rejects with the signal's reason */
  constructor(cluster: Cluster, signal: AbortSignal) {
    this.#cluster = cluster;
    this.#signal = signal;
  }

  /**
   * Asks the first node that answers: for what one node tells the others, or all know.
   * @throws AsbError `NETWORK` if no node does
   */
  async ask(commandFor: CommandFor): Promise<InfoAnswer> {
    let failure: unknown = noNode();
    for (const node of this.#cluster.nodes) {
      try {
        return { node, value: await this.askNode(node, commandFor) };
      } catch (error) {
        if (codeOf(error) !== 'NETWORK') throw error;
        failure = error;
      }
    }
    throw failure;
  }

  async askNode(node: ClusterNode, commandFor: CommandFor): Promise<string> {
    this.#signal.throwIfAborted();
    const command = commandFor(await this.#buildOf(node));
    return (await node.ask([command])).get(command) ?? '';
  }

  /**
   * Tells one node to do something. If it is lost before it answers, nobody knows whether that is
   * done: no other node is told, for it might be done twice.
   *
   * @param what is done, for the message
   * @throws AsbError `SERVER` in the server's words, unless it answers `ok`; `NETWORK` without an
   *   answer
   */
  async tell(what: string, commandFor: CommandFor): Promise<void> {
    const [node] = this.#cluster.nodes;
    if (node === undefined) throw noNode();
    const value = await this.askNode(node, commandFor);
    if (/^ok$/i.test(value)) return;
    const code = /^(?:error|fail):(\d+)/i.exec(value)?.[1];
    throw new AsbError('SERVER', `${node.location} refused ${what}: ${udfRefusal(value)}`, {
      node: node.location,
      ...(code === undefined ? {} : { resultCode: Number(code) }),
    });
  }

  async #buildOf(node: ClusterNode): Promise<string> {
    const known = this.#builds.get(node);
    if (known !== undefined) return known;
    const build = await node.askOne('build');
    this.#builds.set(node, build);
    return build;
  }
}

/** There is nobody to ask. */
export const noNode = (): AsbError => new AsbError('NETWORK', 'no node of the cluster is left');

/** A sandbox in which a schedule takes place, as fast as those who use it go on. */
import { codeOf } from '../../lib/errors.ts';
import {
  type NamespaceStore,
  type Sandbox,
  type SandboxNode,
  type StoredRecord,
  startSandbox,
} from '../../lib/sandbox/index.ts';
import { Random } from '../fuzz/random.ts';
import type { Event, Schedule, Timed } from './schedule.ts';

/** Records that may go while others read. */
const FLEETING = 50;

/** What brings something back, in so many ticks. */
interface Remedy {
  ticks: number;
  readonly act: () => Promise<void> | void;
}

export class ChaosCluster {
  readonly sandbox: Sandbox;
  readonly #random: Random;
  #events: readonly Timed[];
  #remedies: Remedy[] = [];
  #ticks = 0;
  #turn: Promise<void> = Promise.resolve();
  /** Records that are there all the time, by digest in hex. */
  readonly lasting: ReadonlyMap<string, StoredRecord>;
  /** Digests of records that come or go in between. */
  readonly fleeting = new Set<string>();
  readonly #leaving: StoredRecord[];

  private constructor(sandbox: Sandbox, { seed, events }: Schedule) {
    this.sandbox = sandbox;
    this.#random = new Random(seed + 1);
    this.#events = events;
    this.lasting = new Map([...this.store].map((one) => [one.digest.toString('hex'), one]));
    const [template] = this.store;
    this.#leaving =
      template === undefined ? [] : Array.from({ length: FLEETING }, () => this.#putLike(template));
    for (const node of sandbox.nodes) this.#hook(node);
  }

  static async start(schedule: Schedule): Promise<ChaosCluster> {
    const { nodes, replicationFactor, records } = schedule;
    const sandbox = await startSandbox({ nodes, replicationFactor, records, protoSize: 700 });
    return new ChaosCluster(sandbox, schedule);
  }

  /** The namespace that is read. */
  get store(): NamespaceStore {
    return this.sandbox.cluster.namespaces.get('test')!;
  }

  /** Something happened: what is due follows, one thing after the other. */
  tick(): Promise<void> {
    this.#ticks++;
    this.#turn = this.#turn.then(() => this.#follow());
    return this.#turn;
  }

  async #follow(): Promise<void> {
    for (const remedy of this.#remedies) remedy.ticks--;
    const due = this.#remedies.filter(({ ticks }) => ticks <= 0);
    this.#remedies = this.#remedies.filter(({ ticks }) => ticks > 0);
    for (const { ticks, act } of due) {
      try {
        await act();
      } catch (error) {
        // Somebody else has taken the port, for a moment.
        if (codeOf(error) !== 'EADDRINUSE') throw error;
        this.#remedies.push({ ticks: ticks + 1, act });
      }
    }
    const now = this.#events.filter(({ at }) => at <= this.#ticks);
    this.#events = this.#events.filter(({ at }) => at > this.#ticks);
    for (const { node, event } of now) {
      const up = this.sandbox.nodes.filter(({ running }) => running);
      const chosen = up[node % up.length];
      if (chosen !== undefined) await this.#happen(event, chosen, up);
    }
  }

  async #happen(event: Event, node: SandboxNode, up: readonly SandboxNode[]): Promise<void> {
    const { faults } = node;
    switch (event.does) {
      case 'cut-scan':
        return faults.cutScan({ afterRecords: event.after, how: event.how });
      case 'answer-scan':
        return faults.answer('scan', event.code, event.times);
      case 'hold':
        return void faults.holdPartitions(partitionsOf(event), event.scans);
      case 'refuse':
        return faults.refuseConnections(event.times);
      case 'reset':
        return node.resetConnections();
      case 'add':
        return this.#hook(await this.sandbox.add());
      case 'kill':
        await this.sandbox.kill(node);
        return this.#later(event.ticks, () => this.sandbox.revive(node));
      case 'close-port':
        await node.close();
        return this.#later(event.ticks, () => node.listen());
      case 'silence':
        return this.#later(event.ticks, faults.silence());
      case 'migrate':
        return this.sandbox.migrate(partitionsOf(event), [up[event.to % up.length]!]);
      case 'answer-batch':
        return faults.answer('batch', event.code, event.times);
      case 'answer-row':
        return faults.answerRows({ resultCode: event.code }, event.times);
      case 'apply-row':
        return faults.answerRows({ resultCode: 9, applied: true }, event.times);
      case 'cut-write':
        return faults.cutWrite({
          afterRows: event.after,
          answered: event.answered,
          how: event.how,
        });
      case 'put':
        for (const one of [...this.lasting.values()].slice(0, event.count)) this.#putLike(one);
        return;
      case 'delete':
        for (const { digest } of this.#leaving.splice(0, event.count)) this.store.delete(digest);
    }
  }

  #later(ticks: number, act: () => Promise<void> | void): void {
    this.#remedies.push({ ticks, act });
  }

  /** A record of another digest. */
  #putLike(template: StoredRecord): StoredRecord {
    const record = { ...template, digest: this.#random.bytes(20) };
    this.fleeting.add(record.digest.toString('hex'));
    this.store.put(record);
    return record;
  }

  /** What it sends, slowly now and then, are its ticks. */
  #hook({ faults }: SandboxNode): void {
    const step = async (): Promise<void> => {
      if (this.#random.below(4) === 0) await new Promise(setImmediate);
      await this.tick();
    };
    faults.slow(step);
    faults.slowWrites(step);
  }
}

const partitionsOf = ({ from, count }: { from: number; count: number }): number[] =>
  Array.from({ length: count }, (_, index) => (from + index) % 4096);

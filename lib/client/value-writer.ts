import { AsbError } from '../errors.ts';
import { isList } from '../record/bare-value.ts';
import { bufferOf } from '../record/layout.ts';
import { MapFlag } from '../record/msgpack.ts';
import { ParticleType } from '../record/particle.ts';
import {
  Double,
  FlaggedList,
  FlaggedMap,
  GeoJson,
  RawMsgpack,
  TypedBytes,
  type Value,
} from '../record/values.ts';
import type { ClientModule, ClientValue } from './target.ts';

/**
 * What the client would change:
 *
 * - `map`: every map becomes one that is ordered by key
 * - `list`: an ordered list loses its order's flag
 * - `blob`: HLLs, vectors and blobs of languages become plain blobs
 * - `userKey`: a user key that is a double, empty, or no text is not stored; the digest stays
 */
export type Loss = 'map' | 'list' | 'blob' | 'userKey';

const LOSSES: Readonly<Record<Loss, string>> = {
  map: 'the client makes every map one that is ordered by key',
  list: 'the client writes no ordered lists',
  blob: 'the client writes plain blobs only',
  userKey: 'the client takes no such user key; its digest alone would do',
};

const MAX_INT64 = 2n ** 63n - 1n;

/** Turns values into those that make the client write the same; what it can't is refused. */
export class ValueWriter {
  readonly #client: ClientModule;
  readonly #accept: ReadonlySet<Loss>;
  /** How often each loss was accepted. */
  readonly accepted: Record<Loss, number> = { map: 0, list: 0, blob: 0, userKey: 0 };

  constructor(client: ClientModule, accept: Iterable<Loss>) {
    this.#client = client;
    this.#accept = new Set(accept);
  }

  /**
   * @param place for messages: the path to the value
   * @throws AsbError `FORMAT` for what the client cannot write as it is
   */
  write(value: Value, place: string): ClientValue {
    if (typeof value === 'number') return this.#number(value);
    if (typeof value === 'bigint') return this.#bigint(value, place);
    if (typeof value === 'string') return this.text(value, place);
    if (value === null || typeof value === 'boolean') return value;
    if (value instanceof Uint8Array) return bufferOf(value);
    if (value instanceof Double) return this.#double(value.value);
    if (value instanceof GeoJson) return new this.#client.GeoJSON(this.text(value.text, place));
    if (value instanceof TypedBytes) return this.#bytes(value, place);
    if (value instanceof RawMsgpack) throw impossible(place, 'an unknown item of msgpack');
    if (value instanceof FlaggedList) {
      this.loss('list', place);
      return this.#list(value.items, place);
    }
    if (value instanceof FlaggedMap) {
      if (value.flags !== MapFlag.KEY_ORDERED) this.loss('map', place);
      return this.#map(value.entries, place);
    }
    if (isList(value)) return this.#list(value, place);
    this.loss('map', place);
    return this.#map(value, place);
  }

  /** @throws AsbError `FORMAT` for a text with a NUL, where the client would end it */
  text(text: string, place: string): string {
    if (!text.includes('\0')) return text;
    throw impossible(place, 'a text with a NUL, where the client would end it');
  }

  /** Counts a loss. @throws AsbError `FORMAT` if it is not accepted */
  loss(kind: Loss, place: string): void {
    if (!this.#accept.has(kind)) {
      throw new AsbError(
        'FORMAT',
        `${place}: ${LOSSES[kind]}; say accept: ['${kind}'], or use load`,
        {
          expected: `what the client can write, or accept: ['${kind}']`,
        },
      );
    }
    this.accepted[kind]++;
  }

  /** The client makes integers of numbers without a fraction, also of -0. */
  #number(value: number): ClientValue {
    return Number.isSafeInteger(value) && !Object.is(value, -0) ? value : this.#double(value);
  }

  /** Its class reads its argument as text, and refuses NaN; what is written is the member. */
  #double(value: number): ClientValue {
    return Object.assign(new this.#client.Double(0), { Double: value });
  }

  #bigint(value: bigint, place: string): ClientValue {
    if (value > MAX_INT64) throw impossible(place, `the integer ${value}, beyond 63 bits`);
    return value;
  }

  #bytes({ type, bytes }: TypedBytes, place: string): ClientValue {
    if (type === ParticleType.STRING) throw impossible(place, 'a string that is no UTF-8');
    if (type === ParticleType.GEOJSON) throw impossible(place, 'GeoJSON that is none');
    this.loss('blob', place);
    return bufferOf(bytes);
  }

  #list(items: readonly Value[], place: string): ClientValue {
    return items.map((item, index) => this.write(item, `${place}[${index}]`));
  }

  #map(entries: ReadonlyMap<Value, Value>, place: string): ClientValue {
    return new Map(
      Array.from(entries, ([key, item]) => {
        const at = `${place}[${String(key)}]`;
        if (!isKey(key)) throw impossible(at, 'a key that is no integer, string or blob');
        return [this.write(key, at), this.write(item, at)];
      }),
    );
  }
}

/** Of other keys, the client leaves the whole entry out. */
const isKey = (value: Value): boolean =>
  typeof value === 'string' ||
  typeof value === 'bigint' ||
  Number.isSafeInteger(value) ||
  value instanceof Uint8Array;

/** What the client cannot write, whatever is accepted. */
export const impossible = (place: string, what: string): AsbError =>
  new AsbError('FORMAT', `${place}: ${what}; use load, which writes it`);

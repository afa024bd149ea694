import { AsbError } from '../errors.ts';
import { BatchBuilder, type Particle } from '../record/builder.ts';
import type { RecordChunk } from '../record/chunk.ts';
import { computeDigest } from '../record/digest.ts';
import { DIGEST_SIZE, MAX_BIN_NAME_LENGTH, MAX_BINS, MAX_SET_LENGTH } from '../record/layout.ts';
import { ParticleType } from '../record/particle.ts';
import { failureAtEnd, failureIn, MAX_FAILURE_LINE } from './failure.ts';
import { onlyMembers, readGlobal } from './globals.ts';
import { isObject, type Json, type JsonObject } from './json.ts';
import { JsonToParticle } from './json-to-particle.ts';
import { MAX_BATCH_BYTES, MAX_BATCH_RECORDS, MAX_LINE_LENGTH } from './limits.ts';
import { Place } from './place.ts';
import { readBase64, readCount, readString } from './scalars.ts';
import { BASE64_NAME } from './tags.ts';

const MAX_GENERATION = 0xffff;
const MAX_VOID_TIME = 0xffffffff;
/** Names of bins kept as bytes; most records have the same few. */
const MAX_KNOWN_NAMES = 4096;
const MEMBERS = ['set', 'key', 'digest', 'generation', 'voidTime', 'bins'];
/** Particle types that no user key has. */
const NO_KEY_TYPES: ReadonlySet<number> = new Set([
  ParticleType.NULL,
  ParticleType.BOOLEAN,
  ParticleType.LIST,
  ParticleType.MAP,
  ParticleType.GEOJSON,
]);
const NOTHING: readonly RecordChunk[] = [];
const NO_BYTES = Buffer.alloc(0);

export interface NdjsonReaderOptions {
  /** Where records and indexes go: lines name none. */
  readonly namespace: string;
  /** For messages: where the lines come from. */
  readonly file?: string | undefined;
}

/** What an NDJSON reader has read so far. */
export interface NdjsonReaderInfo {
  lines: number;
  records: number;
  globals: number;
}

/**
 * Reads NDJSON (docs/ndjson.md) line by line and gathers the records into batches. After an error
 * it is of no more use.
 */
export class NdjsonReader {
  /** Counts all that was read; live. */
  readonly info: NdjsonReaderInfo = { lines: 0, records: 0, globals: 0 };
  readonly #namespace: string;
  readonly #builder: BatchBuilder;
  readonly #place: Place;
  readonly #particle: JsonToParticle;
  #names = new Map<string, Buffer>();

  /** @throws AsbError `RANGE` for a namespace longer than the server takes */
  constructor(options: NdjsonReaderOptions) {
    this.#namespace = options.namespace;
    this.#builder = new BatchBuilder(options.namespace);
    this.#place = new Place(options.file);
    this.#particle = new JsonToParticle(this.#place);
  }

  /**
   * Takes a line, without its line end. A blank one is passed over.
   *
   * @param cut true for a last line that has no line end: if it is no JSON, its end is missing
   * @returns what is complete now: usually nothing, a batch now and then, a global at once
   * @throws AsbError `FORMAT`, `RANGE`, `LIMIT` or `TRUNCATED`, with the line and what was expected
   */
  push(line: string, cut = false): readonly RecordChunk[] {
    this.#place.line = ++this.info.lines;
    if (line.length > MAX_LINE_LENGTH) {
      throw this.#place.error('LIMIT', `${line.length} characters`, `at most ${MAX_LINE_LENGTH}`);
    }
    const json = this.#parse(line, cut);
    if (json === undefined) return NOTHING;
    if (!isObject(json)) throw this.#place.wrong(json, 'a JSON object: a record, index or UDF');
    const global = readGlobal(this.#place, json, this.#namespace);
    if (global !== undefined) {
      this.info.globals++;
      return [...this.end(), global];
    }
    this.#record(json);
    this.info.records++;
    const full =
      this.#builder.length === MAX_BATCH_RECORDS || this.#builder.byteLength >= MAX_BATCH_BYTES;
    return full ? this.end() : NOTHING;
  }

  /** The records that are left, as a last batch. */
  end(): readonly RecordChunk[] {
    return this.#builder.length > 0 ? [this.#builder.build()] : NOTHING;
  }

  #parse(line: string, cut: boolean): Json | undefined {
    try {
      return JSON.parse(line);
    } catch (cause) {
      if (line.trim() === '') return undefined;
      const failure = failureIn(line) ?? failureAtEnd(line.slice(-MAX_FAILURE_LINE));
      if (failure !== undefined) {
        throw new AsbError('TRUNCATED', `an earlier stage failed: ${failure}`, {
          ...this.#place.facts,
          cause,
        });
      }
      throw cut
        ? this.#place.error('TRUNCATED', 'it ends before its end', 'a whole line', cause)
        : this.#place.error('FORMAT', 'no JSON', 'one JSON object a line', cause);
    }
  }

  #record(json: JsonObject): void {
    const place = this.#place;
    onlyMembers(place, json, MEMBERS);
    const set = this.#at('set', json, (value) => this.#set(value)) ?? NO_BYTES;
    const key = this.#at('key', json, (value) => this.#key(value));
    const digest = this.#at('digest', json, (value) => this.#digest(value));
    if (digest === undefined && key === undefined) {
      throw place.wrong(json, '"key" or "digest" to be there');
    }
    const generation = this.#at('generation', json, (value) =>
      readCount(place, value, MAX_GENERATION),
    );
    const voidTime = this.#at('voidTime', json, (value) => readCount(place, value, MAX_VOID_TIME));
    this.#builder.addParticles({
      set,
      key,
      digest: digest ?? computeDigest(set, key!.type, key!.bytes),
      generation: generation ?? 1,
      voidTime: voidTime ?? 0,
      bins: this.#bins(json.bins),
    });
  }

  /** Reads a member that may be left out, or null, as jq makes it of one that isn't there. */
  #at<T>(name: string, json: JsonObject, read: (value: Json) => T): T | undefined {
    const value = json[name];
    if (value === undefined || value === null) return undefined;
    this.#place.path.push(name);
    const result = read(value);
    this.#place.path.pop();
    return result;
  }

  #set(json: Json): Uint8Array {
    const { type, bytes } = this.#particle.encode(json);
    if (type !== ParticleType.STRING) throw this.#place.wrong(json, 'a string');
    if (bytes.length <= MAX_SET_LENGTH) return bytes;
    throw this.#place.wrong(json, `a name of at most ${MAX_SET_LENGTH} bytes`, 'RANGE');
  }

  #key(json: Json): Particle {
    const key = this.#particle.encode(json);
    if (!NO_KEY_TYPES.has(key.type)) return key;
    throw this.#place.wrong(json, 'an integer, double, string or blob');
  }

  #digest(json: Json): Buffer {
    const digest = readBase64(this.#place, json);
    if (digest.length === DIGEST_SIZE) return digest;
    throw this.#place.wrong(json, `base64 of ${DIGEST_SIZE} bytes`);
  }

  #bins(json: Json | undefined): { readonly name: Buffer; readonly particle: Particle }[] {
    const place = this.#place;
    place.path.push('bins');
    if (!isObject(json)) throw place.wrong(json, 'an object of bins');
    const names = Object.keys(json);
    if (names.length > MAX_BINS) throw place.wrong(names.length, `at most ${MAX_BINS}`, 'LIMIT');
    const bins = names.map((name) => {
      place.path.push(name);
      const bin = { name: this.#name(name), particle: this.#particle.encode(json[name]!) };
      place.path.pop();
      return bin;
    });
    if (names.some((name) => name.startsWith('$'))) this.#checkNames(bins);
    place.path.pop();
    return bins;
  }

  #name(name: string): Buffer {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    const bytes = this.#nameBytes(name);
    if (bytes.length > MAX_BIN_NAME_LENGTH) {
      throw this.#place.wrong(name, `a name of at most ${MAX_BIN_NAME_LENGTH} bytes`, 'RANGE');
    }
    if (this.#names.size === MAX_KNOWN_NAMES) this.#names.clear();
    this.#names.set(name, bytes);
    return bytes;
  }

  #nameBytes(name: string): Buffer {
    if (name.startsWith(BASE64_NAME)) {
      return readBase64(this.#place, name.slice(BASE64_NAME.length));
    }
    if (!name.startsWith('$')) return readString(this.#place, name);
    throw this.#place.wrong(name, `"${BASE64_NAME}" and the name in base64`);
  }

  /** One name could stand there twice, plain and as base64. */
  #checkNames(bins: readonly { readonly name: Buffer }[]): void {
    const different = new Set(bins.map((bin) => bin.name.toString('latin1')));
    if (different.size < bins.length) {
      throw this.#place.error('FORMAT', 'two bins have one name', 'bins of different names');
    }
  }
}

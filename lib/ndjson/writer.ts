import { AsbError } from '../errors.ts';
import type { RecordChunk } from '../record/chunk.ts';
import * as layout from '../record/layout.ts';
import { ParticleType } from '../record/particle.ts';
import { globalLine } from './globals.ts';
import { JsonOutput, type JsonOutputOptions, piece } from './json-output.ts';
import { NameTable } from './name-table.ts';
import { ParticleToJson } from './particle-to-json.ts';
import { BASE64_NAME, beginsWithDollar, NameOrder } from './tags.ts';

// Names of this file: V8 does not fold what is imported.
const {
  AT_FIELD_COUNT,
  AT_GENERATION,
  AT_OP_COUNT,
  AT_RECORD_TTL,
  FIELD_HEADER_SIZE,
  HEADER_SIZE,
  OP_AT_NAME_LENGTH,
  OP_AT_PARTICLE_TYPE,
  OP_HEADER_SIZE,
} = layout;
const { DIGEST: DIGEST_FIELD, KEY: KEY_FIELD, SET: SET_FIELD } = layout.Field;
const { STRING } = ParticleType;
const { readU16, readU32 } = layout;

const SET = piece('"set":');
const KEY = piece('"key":');
const DIGEST = piece('"digest":"');
const GENERATION = piece('","generation":');
const VOID_TIME = piece(',"voidTime":');
const BINS = piece(',"bins":{');
const END_OF_RECORD = piece('}}\n');
const BASE64_OPEN = piece(`"${BASE64_NAME}`);

const OPEN = 0x7b;
const COMMA = 0x2c;
const COLON = 0x3a;
const QUOTE = 0x22;

/** What an NDJSON writer has written so far. */
export interface NdjsonWriterInfo {
  /** Records and globals, one line each. */
  records: number;
  globals: number;
  bytes: number;
}

/**
 * Writes records and globals as NDJSON, one a line (docs/ndjson.md), straight from the bytes of the
 * wire: a record becomes no object on the way, nor does a bin.
 */
export class NdjsonWriter {
  /** Counts all that was written; live. */
  readonly info: NdjsonWriterInfo = { records: 0, globals: 0, bytes: 0 };
  readonly #out: JsonOutput;
  readonly #particle: ParticleToJson;
  readonly #names = new NameTable();
  readonly #order = new NameOrder();

  constructor(options: JsonOutputOptions = {}) {
    this.#out = new JsonOutput(options);
    this.#particle = new ParticleToJson(this.#out);
  }

  /**
   * The lines of a batch, which is released, or of one global: in pieces of whole lines, which
   * may be given back (`giveBack`) once nobody looks at them.
   * @throws AsbError `FORMAT` for a record in which two bins have one name
   */
  write(chunk: RecordChunk): Buffer[] {
    this.#out.rewind(0); // of a call that failed
    if (chunk.kind === 'records') {
      const { bytes, offsets } = chunk;
      for (let index = 0; index < offsets.length; index += 2) this.#record(bytes, offsets[index]!);
      this.info.records += chunk.length;
      chunk.release();
    } else {
      this.#out.text(globalLine(chunk));
      this.#out.endLine();
      this.info.globals++;
    }
    const pieces = this.#out.take();
    for (const lines of pieces) this.info.bytes += lines.length;
    return pieces;
  }

  #record(bytes: Buffer, start: number): void {
    const out = this.#out;
    let digestAt = 0;
    let at = start + HEADER_SIZE;
    let end = at;
    let setAt = 0;
    let setEnd = 0;
    let keyAt = 0;
    let keyEnd = 0;
    let digestEnd = 0;
    for (let left = readU16(bytes, start + AT_FIELD_COUNT); left > 0; left--) {
      end = at + 4 + readU32(bytes, at);
      const id = bytes[at + 4];
      if (id === SET_FIELD) {
        setAt = at + FIELD_HEADER_SIZE;
        setEnd = end;
      } else if (id === KEY_FIELD) {
        keyAt = at + FIELD_HEADER_SIZE;
        keyEnd = end;
      } else if (id === DIGEST_FIELD) {
        digestAt = at + FIELD_HEADER_SIZE;
        digestEnd = end;
      }
      at = end;
    }
    out.byte(OPEN);
    if (setAt < setEnd) {
      out.piece(SET);
      this.#particle.write(bytes, STRING, setAt, setEnd);
      out.byte(COMMA);
    }
    if (keyAt < keyEnd) {
      out.piece(KEY);
      this.#particle.write(bytes, bytes[keyAt]!, keyAt + 1, keyEnd);
      out.byte(COMMA);
    }
    out.piece(DIGEST);
    out.base64(bytes, digestAt, digestEnd);
    out.piece(GENERATION);
    out.integer(readU32(bytes, start + AT_GENERATION));
    out.piece(VOID_TIME);
    out.integer(readU32(bytes, start + AT_RECORD_TTL));
    out.piece(BINS);
    this.#bins(bytes, at, readU16(bytes, start + AT_OP_COUNT));
    out.piece(END_OF_RECORD);
    out.endLine();
  }

  #bins(bytes: Buffer, from: number, count: number): void {
    const out = this.#out;
    let at = from;
    this.#names.clear();
    this.#order.clear();
    for (let left = count; left > 0; left--) {
      const end = at + 4 + readU32(bytes, at);
      const nameAt = at + OP_HEADER_SIZE;
      const nameEnd = nameAt + bytes[at + OP_AT_NAME_LENGTH]!;
      this.#name(bytes, nameAt, nameEnd);
      out.byte(COLON);
      this.#particle.write(bytes, bytes[at + OP_AT_PARTICLE_TYPE]!, nameEnd, end);
      if (left > 1) out.byte(COMMA);
      at = end;
    }
  }

  #name(bytes: Buffer, start: number, end: number): void {
    if (!this.#names.add(bytes, start, end)) {
      const name = bytes.toString('utf8', start, end);
      throw new AsbError('FORMAT', `two bins of one record are named "${name}"`, {
        expected: 'bins of different names',
      });
    }
    const plain = !beginsWithDollar(bytes, start, end) && this.#order.keeps(bytes, start, end);
    if (plain && this.#out.string(bytes, start, end)) return;
    this.#order.addOther();
    this.#out.piece(BASE64_OPEN);
    this.#out.base64(bytes, start, end);
    this.#out.byte(QUOTE);
  }
}

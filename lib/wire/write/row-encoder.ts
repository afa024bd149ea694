import { AsbError } from '../../errors.ts';
import { copyView, COPY_NATIVE_FROM as NATIVE_FROM } from '../../memory/copy.ts';
import * as layout from '../../record/layout.ts';
import { GEOJSON_HEADER_SIZE, ParticleType } from '../../record/particle.ts';
import { BATCH_ROW, ROW_AT_FLAGS, ROW_FLAGS, type RowLayout } from './row-layout.ts';
import type { WritePolicy } from './write-policy.ts';

// Names of this file: V8 does not fold constants that are imported.
const COPY_NATIVE_FROM = NATIVE_FROM;
const {
  AT_FIELD_COUNT,
  AT_GENERATION,
  AT_OP_COUNT,
  AT_RECORD_TTL,
  DIGEST_SIZE,
  FIELD_HEADER_SIZE,
  HEADER_SIZE,
  MAX_GENERATION,
  OP_AT_CODE,
  OP_AT_NAME_LENGTH,
  OP_AT_PARTICLE_TYPE,
  OP_HEADER_SIZE,
} = layout;
const {
  DIGEST: DIGEST_FIELD,
  KEY: KEY_FIELD,
  NAMESPACE: NAMESPACE_FIELD,
  SET: SET_FIELD,
} = layout.Field;
const { WRITE: WRITE_OP } = layout.Op;
const { CREATE_ONLY, GENERATION_GREATER, WRITE } = layout.Info2;
const { CREATE_OR_REPLACE } = layout.Info3;
const { GEOJSON: GEOJSON_TYPE, NULL: NULL_TYPE } = ParticleType;
const GEOJSON_HEADER = GEOJSON_HEADER_SIZE;
const BATCH_FLAGS_AT = ROW_AT_FLAGS;
const BATCH_FLAGS = ROW_FLAGS;

/** In place of an end: the record has no bin to write. */
export const NO_BINS = -1;

/**
 * Turns records from their wire form into rows of a batch or into puts: bytes from buffer to
 * buffer, no object for a record or a bin. Ops are the record's own, with the code for a write.
 *
 * GeoJSON goes without its cells: the server makes them anew. A null bin deletes the bin that is
 * stored; where the whole record is replaced it is left out, for the server takes no deletes there.
 */
export class RowEncoder {
  readonly #namespaceField: Buffer;
  readonly #namespaceView: DataView;
  readonly #source: Buffer | undefined;
  readonly #bins: readonly Buffer[];
  readonly #info2: number;
  readonly #info3: number;
  readonly #keepNull: boolean;
  readonly #extraTtl: number;
  /** Of the record that was encoded last: seconds since 2010, 0: never. */
  voidTime = 0;

  constructor(policy: WritePolicy) {
    const { exists = 'update', checkGeneration = true, namespace, source } = policy;
    const name = Buffer.from(namespace);
    this.#namespaceField = Buffer.alloc(FIELD_HEADER_SIZE + name.length);
    this.#namespaceField.writeUInt32BE(name.length + 1);
    this.#namespaceField.set(name, FIELD_HEADER_SIZE);
    this.#namespaceView = layout.viewOf(this.#namespaceField);
    this.#source = source === undefined ? undefined : Buffer.from(source);
    this.#bins = (policy.bins ?? []).map((bin) => Buffer.from(bin));
    this.#extraTtl = policy.extraTtl ?? 0;
    this.#keepNull = exists === 'update';
    this.#info3 = exists === 'replace' ? CREATE_OR_REPLACE : 0;
    if (exists === 'create') this.#info2 = WRITE | CREATE_ONLY;
    else this.#info2 = checkGeneration ? WRITE | GENERATION_GREATER : WRITE;
  }

  /** Bytes that the row of a message of `size` bytes may take. */
  room(size: number): number {
    return size + 64 + this.#namespaceField.length;
  }

  /**
   * Writes the record at `start` as a row at `at`, its index and record ttl left open.
   *
   * @param row the form
   * @param out has {@link room} for the message
   * @returns the offset after the row, or `NO_BINS`
   * @throws AsbError `FORMAT` for a record that is not of the source namespace or has no digest,
   *   or GeoJSON that is none; `RANGE` for a generation over 65,535
   */
  encode(
    row: RowLayout,
    out: Buffer,
    outView: DataView,
    at: number,
    bytes: Buffer,
    view: DataView,
    start: number,
  ): number {
    // The same walk stands in `RecordText`, which says why.
    let namespaceAt = 0;
    let digestAt = 0;
    let setAt = 0;
    let setEnd = 0;
    let keyAt = 0;
    let keyEnd = 0;
    let from = start + HEADER_SIZE;
    for (let left = view.getUint16(start + AT_FIELD_COUNT); left > 0; left--) {
      const end = from + 4 + view.getUint32(from);
      const id = bytes[from + 4];
      if (id === DIGEST_FIELD) digestAt = from + FIELD_HEADER_SIZE;
      else if (id === NAMESPACE_FIELD) namespaceAt = from;
      else if (id === SET_FIELD) {
        setAt = from;
        setEnd = end;
      } else if (id === KEY_FIELD) {
        keyAt = from;
        keyEnd = end;
      }
      from = end;
    }
    if (this.#source !== undefined) this.#checkSource(this.#source, bytes, namespaceAt);
    if (digestAt === 0) throw new AsbError('FORMAT', 'a record without a digest');
    const generation = view.getUint32(start + AT_GENERATION);
    if (generation > MAX_GENERATION) throw wrongGeneration(generation);
    const voidTime = view.getUint32(start + AT_RECORD_TTL);
    this.voidTime = voidTime === 0 ? 0 : voidTime + this.#extraTtl;

    this.#writeHead(row, out, outView, at, generation);
    copyView(outView, at + row.digest, view, digestAt, digestAt + DIGEST_SIZE);
    let fields = row.headFields + 1;
    let next = at + row.headSize;
    next = copyView(outView, next, this.#namespaceView, 0, this.#namespaceField.length);
    if (setEnd > setAt + FIELD_HEADER_SIZE) {
      next = copyView(outView, next, view, setAt, setEnd);
      fields++;
    }
    if (keyEnd > keyAt + FIELD_HEADER_SIZE) {
      next = copy(out, outView, next, bytes, view, keyAt, keyEnd);
      fields++;
    }
    outView.setUint16(at + row.fieldCount, fields);

    const selects = this.#bins.length > 0;
    let ops = 0;
    let values = 0;
    for (let left = view.getUint16(start + AT_OP_COUNT); left > 0; left--) {
      const end = from + 4 + view.getUint32(from);
      const type = bytes[from + OP_AT_PARTICLE_TYPE];
      const wanted = !selects || this.#selected(bytes, from);
      if (wanted && (type !== NULL_TYPE || this.#keepNull)) {
        const opAt = next;
        next =
          type === GEOJSON_TYPE
            ? copyGeoJson(out, outView, next, bytes, view, from, end)
            : copy(out, outView, next, bytes, view, from, end);
        out[opAt + OP_AT_CODE] = WRITE_OP;
        ops++;
        if (type !== NULL_TYPE) values++;
      }
      from = end;
    }
    outView.setUint16(at + row.opCount, ops);
    // Nothing but null bins: there is no record to make, and the server would say "not found".
    return values === 0 ? NO_BINS : next;
  }

  #writeHead(row: RowLayout, out: Buffer, outView: DataView, at: number, generation: number): void {
    writeRowHead(row, out, outView, at);
    // A record of generation 0 was never the server's; it is written where there is none.
    const never = generation === 0 && (this.#info2 & GENERATION_GREATER) !== 0;
    out[at + row.info2] = never ? WRITE | CREATE_ONLY : this.#info2;
    out[at + row.info3] = this.#info3;
    outView.setUint16(at + row.generation, generation);
  }

  #selected(bytes: Buffer, opAt: number): boolean {
    const nameAt = opAt + OP_HEADER_SIZE;
    const length = bytes[opAt + OP_AT_NAME_LENGTH]!;
    return this.#bins.some((bin) => layout.isNameAt(bin, bytes, nameAt, nameAt + length));
  }

  #checkSource(source: Buffer, bytes: Buffer, fieldAt: number): void {
    const nameAt = fieldAt + FIELD_HEADER_SIZE;
    const nameEnd = fieldAt === 0 ? nameAt : fieldAt + 4 + layout.readU32(bytes, fieldAt);
    if (layout.isNameAt(source, bytes, nameAt, nameEnd)) return;
    const found = bytes.toString('utf8', nameAt, nameEnd);
    throw new AsbError(
      'FORMAT',
      `a record of namespace "${found}" where all are to be of "${source}"; name the namespace ` +
        'that the backup is of',
      { namespace: found, expected: String(source) },
    );
  }
}

/** The bytes of a row's head that are the same for all; digest, info and counts are yet to come. */
export const writeRowHead = (row: RowLayout, out: Buffer, outView: DataView, at: number): void => {
  for (let index = at; index < at + row.headSize; index++) out[index] = 0;
  if (row === BATCH_ROW) {
    out[at + BATCH_FLAGS_AT] = BATCH_FLAGS;
    return;
  }
  outView.setUint16(at, 0x0203); // proto version 2, type 3; its size is known at the end
  out[at + 8] = HEADER_SIZE;
  outView.setUint32(at + row.digest - FIELD_HEADER_SIZE, DIGEST_SIZE + 1);
  out[at + row.digest - 1] = DIGEST_FIELD;
};

const wrongGeneration = (generation: number): AsbError =>
  new AsbError('RANGE', `generation ${generation} is over ${MAX_GENERATION}`, {
    expected: `0 to ${MAX_GENERATION}`,
  });

/** An op with GeoJSON: flags and the count of cells become 0, and the cells are left out. */
const copyGeoJson = (
  out: Buffer,
  outView: DataView,
  at: number,
  bytes: Buffer,
  view: DataView,
  from: number,
  end: number,
): number => {
  const valueAt = from + OP_HEADER_SIZE + bytes[from + OP_AT_NAME_LENGTH]!;
  const textAt =
    valueAt + GEOJSON_HEADER > end
      ? end + 1
      : valueAt + GEOJSON_HEADER + 8 * view.getUint16(valueAt + 1);
  if (textAt > end) {
    throw new AsbError('FORMAT', `GeoJSON of ${end - valueAt} bytes, too few for its cells`, {
      expected: 'flags, a count of cells, the cells of 8 bytes each, the text',
    });
  }
  const next = copyView(outView, at, view, from, valueAt);
  out[next] = 0;
  out[next + 1] = 0;
  out[next + 2] = 0;
  const last = copy(out, outView, next + GEOJSON_HEADER, bytes, view, textAt, end);
  outView.setUint32(at, last - at - 4);
  return last;
};

const copy = (
  out: Buffer,
  outView: DataView,
  at: number,
  bytes: Buffer,
  view: DataView,
  from: number,
  end: number,
): number => {
  if (end - from < COPY_NATIVE_FROM) return copyView(outView, at, view, from, end);
  bytes.copy(out, at, from, end);
  return at + end - from;
};

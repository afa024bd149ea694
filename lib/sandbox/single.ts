import { DIGEST_SIZE, Field, Info1, Info2, Info3, Op } from '../record/layout.ts';
import { ParticleType } from '../record/particle.ts';
import type { RowFault } from './fault.ts';
import { type Filter, parseFilter } from './filter-expression.ts';
import { applyOps, isBinName, isReadAll, readBins } from './operations.ts';
import type { Answer, AnsweredBin } from './reply.ts';
import { fieldOf, type Request } from './request.ts';
import { Result } from './result.ts';
import type { NamespaceStore, StoredRecord } from './store.ts';

/** What a record ttl means in a write when it is no number of seconds. */
export const TtlSpecial = { DEFAULT: 0, KEEP: 0xfffffffe, NEVER: 0xffffffff } as const;

/** Ten years in seconds: a longer record ttl is refused. */
export const MAX_TTL = 3600 * 24 * 365 * 10;
/** Bytes of a record's particles and bin names: the server's default. */
export const MAX_RECORD_SIZE = 1024 * 1024;
/** A field of a UDF call. */
const UDF_FILENAME = 30;
const MAX_GENERATION = 0xffff;

const refuse = (resultCode: number): Answer => ({ resultCode });

/** A refusal says how the record stands, if there is one. */
const refuseRecord = (resultCode: number, record: StoredRecord | undefined): Answer =>
  record === undefined
    ? refuse(resultCode)
    : { resultCode, generation: record.generation, voidTime: record.voidTime };

/** Answers a read, write or delete of one record. */
export const answerSingle = (request: Request, store: NamespaceStore): Answer => {
  const digest = fieldOf(request, Field.DIGEST);
  const filterField = request.fields.get(Field.FILTER);
  const filter = filterField && parseFilter(filterField);
  if (digest.length !== DIGEST_SIZE || (filterField && !filter)) return refuse(Result.PARAMETER);
  if (request.fields.has(UDF_FILENAME)) return refuse(Result.UNSUPPORTED_FEATURE);
  const target = { store, digest, filter, record: store.get(digest) };
  if (request.info2 & Info2.DELETE) return remove(request, target);
  if (request.info2 & Info2.WRITE) return write(request, target);
  if (request.info1 & Info1.READ) return read(request, target);
  return refuse(Result.PARAMETER);
};

/** Answers a write with a fault. */
export const answerFaulty = (
  request: Request,
  store: NamespaceStore,
  { resultCode, applied = false }: RowFault,
): Answer => {
  if (applied) answerSingle(request, store);
  return refuse(resultCode);
};

interface Target {
  readonly store: NamespaceStore;
  readonly digest: Buffer;
  readonly filter: Filter | undefined;
  /** As it stands now, if it does. */
  readonly record: StoredRecord | undefined;
}

const read = (request: Request, { store, filter, record }: Target): Answer => {
  if (record === undefined) return refuse(Result.NOT_FOUND);
  const wrong = mismatch(request, record, false) ?? filteredOut(filter, record, store);
  if (wrong !== undefined) return refuseRecord(wrong, record);
  const answer = (bins: readonly AnsweredBin[]): Answer => ({
    resultCode: Result.OK,
    generation: record.generation,
    voidTime: record.voidTime,
    bins,
  });
  if (request.info1 & Info1.NO_BINS) return answer([]);
  if (request.info1 & Info1.GET_ALL) {
    return answer(record.bins.map((bin) => ({ code: Op.READ, name: bin.name, bin })));
  }
  if (request.ops.length === 0) return refuseRecord(Result.PARAMETER, record);
  if (request.ops.some((op) => !isBinName(op.name))) return refuseRecord(Result.BIN_NAME, record);
  if (request.ops.some((op) => op.code !== Op.READ)) {
    return refuseRecord(Result.UNSUPPORTED_FEATURE, record);
  }
  const respondAll = (request.info2 & Info2.RESPOND_ALL) !== 0;
  return answer(request.ops.flatMap((op) => readBins(record.bins, op, respondAll)));
};

const remove = (request: Request, { store, digest, filter, record }: Target): Answer => {
  if (request.info2 & Info2.DURABLE_DELETE) return refuse(Result.ENTERPRISE_ONLY);
  if (record === undefined) return refuse(Result.NOT_FOUND);
  const wrong =
    mismatch(request, record, false) ??
    (generationFits(request, record.generation) ? undefined : Result.GENERATION) ??
    filteredOut(filter, record, store);
  if (wrong !== undefined) return refuse(wrong);
  store.delete(digest);
  return { resultCode: Result.OK };
};

const write = (request: Request, target: Target): Answer => {
  const { store, digest, filter, record } = target;
  const malformed = checkOps(request);
  if (malformed !== undefined) return refuse(malformed);
  const mustExist =
    (request.info3 & (Info3.UPDATE_ONLY | Info3.REPLACE_ONLY)) !== 0 ||
    request.ops.some((op) => op.code === Op.TOUCH);
  if (mustExist && record === undefined) return refuse(Result.NOT_FOUND);
  const wrong =
    (request.info2 & Info2.CREATE_ONLY && record ? Result.RECORD_EXISTS : undefined) ??
    (generationFits(request, record?.generation ?? 0) ? undefined : Result.GENERATION) ??
    (record && mismatch(request, record, true)) ??
    (record && filteredOut(filter, record, store));
  if (wrong !== undefined) return refuseRecord(wrong, record);
  const voidTime = voidTimeOf(request.recordTtl, record, store);
  if (voidTime === undefined) return refuseRecord(Result.PARAMETER, record);

  const before = isReplace(request) ? [] : (record?.bins ?? []);
  const applied = applyOps(before, request.ops, (request.info2 & Info2.RESPOND_ALL) !== 0);
  if (typeof applied === 'number') return refuseRecord(applied, record);
  const { bins, answers } = applied;
  if (bins.length === 0) {
    if (record === undefined) return refuse(Result.NOT_FOUND);
    store.delete(digest);
    return { resultCode: Result.OK, bins: answers };
  }
  const size = bins.reduce((sum, bin) => sum + bin.name.length + bin.bytes.length, 0);
  if (size > MAX_RECORD_SIZE) return refuseRecord(Result.RECORD_TOO_BIG, record);
  const generation = record ? (record.generation % MAX_GENERATION) + 1 : 1;
  store.put({
    digest,
    set: fieldOf(request, Field.SET),
    key: record?.key ?? request.fields.get(Field.KEY),
    generation,
    voidTime,
    lastUpdate: store.now,
    bins,
  });
  return { resultCode: Result.OK, generation, voidTime, bins: answers };
};

const isReplace = (request: Request): boolean =>
  (request.info3 & (Info3.CREATE_OR_REPLACE | Info3.REPLACE_ONLY)) !== 0;

/** What is wrong with the ops themselves, whatever record they meet. */
const checkOps = (request: Request): number | undefined => {
  const { ops } = request;
  if (ops.length === 0) return Result.PARAMETER;
  if (ops.some((op) => op.code !== Op.TOUCH && !isBinName(op.name))) return Result.BIN_NAME;
  // With replace every op must write a bin anew.
  const writes = (op: (typeof ops)[number]): boolean =>
    op.code === Op.READ || (op.code === Op.WRITE && op.particleType !== ParticleType.NULL);
  if (isReplace(request) && !ops.every(writes)) return Result.PARAMETER;
  const reads = ops.filter((op) => op.code === Op.READ);
  if (reads.length > 0 && !(request.info1 & Info1.READ)) return Result.PARAMETER;
  const readAlls = reads.filter(isReadAll).length;
  if (readAlls > 1 || (readAlls === 1 && reads.length > 1)) return Result.PARAMETER;
  return (request.info1 & Info1.GET_ALL) !== 0 && readAlls === 0 ? Result.PARAMETER : undefined;
};

const generationFits = (request: Request, generation: number): boolean => {
  if (request.info2 & Info2.GENERATION) return request.generation === generation;
  if (request.info2 & Info2.GENERATION_GREATER) return request.generation > generation;
  return true;
};

/** A set or key that is not the record's; a write must also say that there is no set. */
const mismatch = (request: Request, record: StoredRecord, isWrite: boolean): number | undefined => {
  const set = fieldOf(request, Field.SET);
  if ((isWrite || set.length > 0) && !set.equals(record.set)) return Result.PARAMETER;
  const key = request.fields.get(Field.KEY);
  return key && record.key && !key.equals(record.key) ? Result.KEY_MISMATCH : undefined;
};

const filteredOut = (
  filter: Filter | undefined,
  record: StoredRecord,
  store: NamespaceStore,
): number | undefined =>
  filter === undefined || filter(record, store.now) ? undefined : Result.FILTERED_OUT;

/** The void time that a write gives; nothing if its record ttl is out of range. */
const voidTimeOf = (
  recordTtl: number,
  record: StoredRecord | undefined,
  store: NamespaceStore,
): number | undefined => {
  if (recordTtl === TtlSpecial.KEEP) return record?.voidTime ?? 0;
  if (recordTtl === TtlSpecial.NEVER || recordTtl === TtlSpecial.DEFAULT) return 0;
  return recordTtl <= MAX_TTL ? store.epochNow + recordTtl : undefined;
};

import { MAX_BIN_NAME_LENGTH, Op } from '../record/layout.ts';
import { ParticleType } from '../record/particle.ts';
import { storedGeoJson } from './geojson.ts';
import type { AnsweredBin } from './reply.ts';
import type { RequestOp } from './request.ts';
import { Result } from './result.ts';
import type { StoredBin } from './store.ts';

/** What a list of ops does to a record. */
export interface Applied {
  readonly bins: readonly StoredBin[];
  /** The answers to the ops that read. */
  readonly answers: readonly AnsweredBin[];
}

/** The server's names allow any byte but NUL. */
export const isBinName = (name: Buffer): boolean =>
  name.length <= MAX_BIN_NAME_LENGTH && !name.includes(0);

/** An op that reads all bins: a read without a name. */
export const isReadAll = (op: RequestOp): boolean => op.code === Op.READ && op.name.length === 0;

const find = (bins: readonly StoredBin[], name: Buffer): StoredBin | undefined =>
  bins.find((bin) => bin.name.equals(name));

/**
 * The answers to ops that read, in their order.
 * @param respondAll also for bins that are not there
 */
export const readBins = (
  bins: readonly StoredBin[],
  op: RequestOp,
  respondAll: boolean,
): AnsweredBin[] => {
  if (isReadAll(op)) return bins.map((bin) => ({ code: Op.READ, name: bin.name, bin }));
  const bin = find(bins, op.name);
  return bin || respondAll ? [{ code: op.code, name: op.name, bin }] : [];
};

/**
 * Applies ops to bins, in their order: write, delete (a write of nothing), add, append, prepend,
 * touch, delete all, read.
 *
 * @returns the bins that are to be, or the result code that refuses the ops. Operations inside
 *   lists and maps, on bits, HLLs and by expressions are refused with `UNSUPPORTED_FEATURE`
 */
export const applyOps = (
  before: readonly StoredBin[],
  ops: readonly RequestOp[],
  respondAll: boolean,
): Applied | number => {
  let bins = [...before];
  const answers: AnsweredBin[] = [];
  for (const op of ops) {
    if (op.code === Op.READ) {
      answers.push(...readBins(bins, op, respondAll));
      continue;
    }
    if (op.code === Op.DELETE_ALL) {
      bins = [];
    } else if (op.code !== Op.TOUCH) {
      const changed = change(find(bins, op.name), op);
      if (typeof changed === 'number') return changed;
      bins = replaceBin(bins, op.name, changed);
    }
    if (respondAll && op.code !== Op.TOUCH) answers.push({ code: op.code, name: op.name });
  }
  return { bins, answers };
};

/** A bin keeps its place when it is written again. */
const replaceBin = (
  bins: readonly StoredBin[],
  name: Buffer,
  changed: StoredBin | undefined,
): StoredBin[] => {
  const at = bins.findIndex((bin) => bin.name.equals(name));
  const after = [...bins];
  after.splice(at < 0 ? bins.length : at, at < 0 ? 0 : 1, ...(changed ? [changed] : []));
  return after;
};

/** The bin that an op leaves; nothing if it deletes it; a result code if it can't be. */
const change = (bin: StoredBin | undefined, op: RequestOp): StoredBin | undefined | number => {
  const written = { name: op.name, type: op.particleType, bytes: op.value };
  switch (op.code) {
    case Op.WRITE:
      if (op.particleType === ParticleType.NULL) return undefined;
      if (op.particleType === ParticleType.GEOJSON) return changeGeoJson(written);
      return isParticle(op) ? written : Result.PARAMETER;
    case Op.INCREMENT:
      if (!isParticle(op)) return Result.PARAMETER;
      return bin === undefined ? written : add(bin, written);
    case Op.APPEND:
    case Op.PREPEND:
      if (bin === undefined) return written;
      return concat(bin, written, op.code === Op.APPEND);
    default:
      return Result.UNSUPPORTED_FEATURE;
  }
};

const changeGeoJson = (written: StoredBin): StoredBin | number => {
  const bytes = storedGeoJson(written.bytes);
  return bytes === undefined ? Result.INVALID_GEOJSON : { ...written, bytes };
};

/** Sizes that a particle must have, where it can't have any. */
const isParticle = ({ particleType, value }: RequestOp): boolean => {
  switch (particleType) {
    case ParticleType.INTEGER:
    case ParticleType.DOUBLE:
      return value.length === 8;
    case ParticleType.BOOLEAN:
      return value.length === 1;
    case ParticleType.GEOJSON:
      return value.length >= 3;
    case ParticleType.LIST:
    case ParticleType.MAP:
      return value.length >= 1;
    default:
      return true;
  }
};

/** An integer that overflows wraps around; a double takes only a double. */
const add = (bin: StoredBin, by: StoredBin): StoredBin | number => {
  const bytes = Buffer.alloc(8);
  if (bin.type !== by.type) return Result.INCOMPATIBLE_TYPE;
  if (bin.type === ParticleType.INTEGER) {
    const sum = bin.bytes.readBigInt64BE() + by.bytes.readBigInt64BE();
    bytes.writeBigInt64BE(BigInt.asIntN(64, sum));
  } else if (bin.type === ParticleType.DOUBLE) {
    bytes.writeDoubleBE(bin.bytes.readDoubleBE() + by.bytes.readDoubleBE());
  } else {
    return Result.INCOMPATIBLE_TYPE;
  }
  return { ...bin, bytes };
};

const TEXTS: readonly number[] = [ParticleType.STRING, ParticleType.BLOB];

const concat = (bin: StoredBin, by: StoredBin, append: boolean): StoredBin | number => {
  if (bin.type !== by.type || !TEXTS.includes(bin.type)) return Result.INCOMPATIBLE_TYPE;
  const bytes = Buffer.concat(append ? [bin.bytes, by.bytes] : [by.bytes, bin.bytes]);
  return { ...bin, bytes };
};

import {
  DIGEST_SIZE,
  Field,
  Info1,
  Info2,
  Info3,
  Op,
  PARTITION_COUNT,
  partitionOf,
} from '../record/layout.ts';
import { type Filter, parseFilter } from './filter-expression.ts';
import { isBinName } from './operations.ts';
import { fieldOf, type Request } from './request.ts';
import { Result } from './result.ts';

/** Fields of a scan or query that are known here only to be refused. */
const REFUSED_FIELDS = [21, 22, 23, 24, 26, 30, 31, 32, 33];

/** A partition that is asked for, and the digest to go on after. */
export interface Slot {
  readonly partition: number;
  readonly after: Buffer | undefined;
}

/** What a scan asks for. */
export interface ScanPlan {
  readonly slots: readonly Slot[];
  readonly set: Buffer;
  readonly filter: Filter | undefined;
  readonly maxRecords: number;
  readonly recordsPerSecond: number;
  /** Bins that are picked; `undefined`: all. */
  readonly bins: readonly Buffer[] | undefined;
  readonly noBins: boolean;
}

/** Reads what a scan asks for; a number is the result code that refuses it. */
export const planOf = (request: Request): ScanPlan | number => {
  const { fields } = request;
  if (request.info2 & Info2.WRITE) return Result.UNSUPPORTED_FEATURE;
  if (REFUSED_FIELDS.some((id) => fields.has(id))) return Result.UNSUPPORTED_FEATURE;
  if (!(request.info3 & Info3.PARTITION_DONE)) return Result.UNSUPPORTED_FEATURE;
  const slots = slotsOf(fields.get(Field.PARTITIONS), fields.get(Field.DIGESTS));
  if (typeof slots === 'number') return slots;
  const filterField = fields.get(Field.FILTER);
  const filter = filterField && parseFilter(filterField);
  if (filterField && !filter) return Result.PARAMETER;
  if (request.ops.some((op) => op.code !== Op.READ || !isBinName(op.name))) {
    return Result.PARAMETER;
  }
  const perSecond = fields.get(Field.RECORDS_PER_SECOND);
  const maxRecords = fields.get(Field.MAX_RECORDS);
  if ((perSecond && perSecond.length !== 4) || (maxRecords && maxRecords.length !== 8)) {
    return Result.PARAMETER;
  }
  return {
    slots,
    set: fieldOf(request, Field.SET),
    filter,
    maxRecords: Number(maxRecords?.readBigUInt64BE() ?? 0n) || Number.POSITIVE_INFINITY,
    recordsPerSecond: perSecond?.readUInt32BE() ?? 0,
    bins: request.ops.length === 0 ? undefined : request.ops.map((op) => op.name),
    noBins: (request.info1 & Info1.NO_BINS) !== 0,
  };
};

/** Partition ids are u16 little endian; a partition may be asked for only once. */
const slotsOf = (ids: Buffer | undefined, digests: Buffer | undefined): Slot[] | number => {
  if (!ids && !digests) return Result.UNSUPPORTED_FEATURE;
  const slots: Slot[] = [];
  for (let at = 0; ids && at + 2 <= ids.length; at += 2) {
    slots.push({ partition: ids.readUInt16LE(at), after: undefined });
  }
  for (let at = 0; digests && at + DIGEST_SIZE <= digests.length; at += DIGEST_SIZE) {
    const after = digests.subarray(at, at + DIGEST_SIZE);
    slots.push({ partition: partitionOf(after), after });
  }
  const distinct = new Set(slots.map((slot) => slot.partition));
  const outside = slots.some((slot) => slot.partition >= PARTITION_COUNT);
  if (slots.length === 0 || outside || distinct.size < slots.length) return Result.PARAMETER;
  return slots;
};

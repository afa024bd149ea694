/** What the result of a write means for the record, and what to do about one that failed. */
import { ResultCode } from '../result-code.ts';

/**
 * `written`; `existed` and `fresher`: left as it was, by the policy; `record`: this record can't be
 * written; `passing`: worth another try; `permanent`: no record can be written.
 */
export type WriteResult = 'written' | 'existed' | 'fresher' | 'record' | 'passing' | 'permanent';

const RESULTS: ReadonlyMap<number, WriteResult> = new Map<number, WriteResult>([
  [ResultCode.OK, 'written'],
  [ResultCode.GENERATION, 'fresher'],
  [ResultCode.EXISTS, 'existed'],
  ...(
    [
      ResultCode.UNKNOWN, // a list or map that is none, for one
      ResultCode.NOT_FOUND,
      ResultCode.INCOMPATIBLE_TYPE,
      ResultCode.RECORD_TOO_BIG,
      ResultCode.BIN_NOT_FOUND,
      ResultCode.KEY_MISMATCH,
      ResultCode.BIN_NAME,
      ResultCode.FORBIDDEN,
      ResultCode.INVALID_GEOJSON,
    ] as const
  ).map((code) => [code, 'record'] as const),
  ...(
    [
      ResultCode.PARAMETER,
      ResultCode.OUT_OF_SPACE,
      ResultCode.UNSUPPORTED,
      ResultCode.NO_NAMESPACE,
      ResultCode.ENTERPRISE_ONLY,
      ResultCode.FILTERED_OUT,
      ResultCode.BATCH_DISABLED,
      ResultCode.BATCH_TOO_LARGE,
    ] as const
  ).map((code) => [code, 'permanent'] as const),
]);

/** Of login, users and roles. */
const SECURITY = { first: 50, last: 89 };
/** Of secondary indexes: no write that is right gets one. */
const INDEXES = { first: 200, last: 206 };

/** The meaning of a result code; one that is unknown may pass. */
export const writeResultOf = (code: number): WriteResult =>
  RESULTS.get(code) ?? (within(SECURITY, code) || within(INDEXES, code) ? 'permanent' : 'passing');

const within = ({ first, last }: { first: number; last: number }, code: number): boolean =>
  code >= first && code <= last;

const ADVICE: ReadonlyMap<number, string> = new Map([
  [
    ResultCode.PARAMETER,
    'the server logs the reason: it may demand a set (disallow-null-setname), or resolve conflicts and take no replace',
  ],
  [
    ResultCode.OUT_OF_SPACE,
    'the namespace has stopped writes: give it more memory or storage, or raise its thresholds',
  ],
  [
    ResultCode.RECORD_TOO_BIG,
    'max-record-size of the namespace must be as large as where the backup was made',
  ],
  [
    ResultCode.FORBIDDEN,
    'records that expire need nsup-period above 0 or allow-ttl-without-nsup true; a set may be at its stop-writes-count or -size; clocks of the nodes may differ too much',
  ],
  [ResultCode.NO_NAMESPACE, 'the namespace must be on every node'],
  [ResultCode.NOT_PERMITTED, 'give the user a role that may write'],
  [ResultCode.BATCH_TOO_LARGE, 'send smaller batches, or raise batch-max-requests'],
  [
    ResultCode.KEY_MISMATCH,
    'two user keys have one digest, or the record was written under another key',
  ],
]);

/** What to do about a result code, for the end of a message; empty if there is nothing to say. */
export const writeAdvice = (code: number): string => {
  const advice = ADVICE.get(code);
  return advice === undefined ? '' : `; ${advice}`;
};

/** Result codes of the server that the client acts on or names. */
export const ResultCode = {
  OK: 0,
  UNKNOWN: 1,
  NOT_FOUND: 2,
  GENERATION: 3,
  PARAMETER: 4,
  EXISTS: 5,
  CLUSTER_KEY_MISMATCH: 7,
  OUT_OF_SPACE: 8,
  TIMEOUT: 9,
  UNAVAILABLE: 11,
  INCOMPATIBLE_TYPE: 12,
  RECORD_TOO_BIG: 13,
  KEY_BUSY: 14,
  ABORTED: 15,
  UNSUPPORTED: 16,
  BIN_NOT_FOUND: 17,
  DEVICE_OVERLOAD: 18,
  KEY_MISMATCH: 19,
  NO_NAMESPACE: 20,
  BIN_NAME: 21,
  FORBIDDEN: 22,
  ENTERPRISE_ONLY: 25,
  FILTERED_OUT: 27,
  NOT_PERMITTED: 81,
  BATCH_DISABLED: 150,
  BATCH_TOO_LARGE: 151,
  BATCH_QUEUES_FULL: 152,
  INVALID_GEOJSON: 160,
} as const;

const WORDS: ReadonlyMap<number, string> = new Map([
  [ResultCode.UNKNOWN, "an error that only the server's log tells of"],
  [ResultCode.NOT_FOUND, 'not found'],
  [ResultCode.GENERATION, 'generation error'],
  [ResultCode.PARAMETER, 'parameter error'],
  [ResultCode.EXISTS, 'record exists'],
  [ResultCode.CLUSTER_KEY_MISMATCH, 'the cluster has changed'],
  [ResultCode.OUT_OF_SPACE, 'out of space'],
  [ResultCode.TIMEOUT, 'timed out on the server'],
  [ResultCode.UNAVAILABLE, 'partition unavailable'],
  [ResultCode.INCOMPATIBLE_TYPE, 'incompatible type'],
  [ResultCode.RECORD_TOO_BIG, 'record too big'],
  [ResultCode.KEY_BUSY, 'key busy'],
  [ResultCode.ABORTED, 'aborted on the server'],
  [ResultCode.UNSUPPORTED, 'not supported by the server'],
  [ResultCode.BIN_NOT_FOUND, 'bin not found'],
  [ResultCode.DEVICE_OVERLOAD, 'device overload'],
  [ResultCode.KEY_MISMATCH, 'another user key is stored under this digest'],
  [ResultCode.NO_NAMESPACE, 'namespace not found'],
  [ResultCode.BIN_NAME, 'bin name not allowed'],
  [ResultCode.FORBIDDEN, 'forbidden now, or too many queries'],
  [ResultCode.ENTERPRISE_ONLY, 'enterprise edition only'],
  [ResultCode.FILTERED_OUT, 'filtered out'],
  [ResultCode.NOT_PERMITTED, 'not permitted: the user lacks the role'],
  [ResultCode.BATCH_DISABLED, 'batches are disabled'],
  [ResultCode.BATCH_TOO_LARGE, 'more rows than a batch may have'],
  [ResultCode.BATCH_QUEUES_FULL, 'batch queues full'],
  [ResultCode.INVALID_GEOJSON, 'invalid GeoJSON'],
]);

/** The code with its meaning, for messages. */
export const describeResult = (code: number): string => {
  const words = WORDS.get(code);
  return words === undefined ? `result code ${code}` : `result code ${code} (${words})`;
};

/** Codes that a later try, perhaps on another replica, may not meet again. */
const PASSING: ReadonlySet<number> = new Set([
  ResultCode.TIMEOUT,
  ResultCode.UNAVAILABLE,
  ResultCode.KEY_BUSY,
  ResultCode.ABORTED,
  ResultCode.DEVICE_OVERLOAD,
  ResultCode.FORBIDDEN,
]);

export const isPassing = (code: number): boolean => PASSING.has(code);

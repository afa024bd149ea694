/** Result codes of the server that the client acts on or names. */
export const ResultCode = {
  OK: 0,
  NOT_FOUND: 2,
  GENERATION: 3,
  PARAMETER: 4,
  EXISTS: 5,
  TIMEOUT: 9,
  UNAVAILABLE: 11,
  INCOMPATIBLE_TYPE: 12,
  KEY_BUSY: 14,
  ABORTED: 15,
  UNSUPPORTED: 16,
  DEVICE_OVERLOAD: 18,
  NO_NAMESPACE: 20,
  BIN_NAME: 21,
  FORBIDDEN: 22,
  NOT_PERMITTED: 81,
} as const;

const WORDS: ReadonlyMap<number, string> = new Map([
  [ResultCode.NOT_FOUND, 'not found'],
  [ResultCode.PARAMETER, 'parameter error'],
  [ResultCode.TIMEOUT, 'timed out on the server'],
  [ResultCode.UNAVAILABLE, 'partition unavailable'],
  [ResultCode.KEY_BUSY, 'key busy'],
  [ResultCode.ABORTED, 'aborted on the server'],
  [ResultCode.UNSUPPORTED, 'not supported by the server'],
  [ResultCode.DEVICE_OVERLOAD, 'device overload'],
  [ResultCode.NO_NAMESPACE, 'namespace not found'],
  [ResultCode.FORBIDDEN, 'forbidden now, or too many queries'],
  [ResultCode.NOT_PERMITTED, 'not permitted: the user lacks the role'],
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

/** The languages that a standard output may speak; see ARCHITECTURE.md. */
export type Language = 'ndjson' | 'csv' | 'text' | 'frames' | 'encrypted' | 'bytes';

/** What a person is told that a stream holds. */
export const LANGUAGE_NAMES = {
  ndjson: 'NDJSON',
  csv: 'CSV',
  text: '.asb text',
  frames: 'zstd frames',
  encrypted: 'an encrypted backup',
  bytes: 'what is stored',
} as const satisfies Record<Language, string>;

/**
 * The last bytes of an output whose command failed: a unit that has no end, so that no reader takes
 * what came before for the whole.
 */
export const failureOf = async (language: Language, message: string): Promise<Buffer> => {
  switch (language) {
    case 'ndjson':
      return Buffer.from((await import('../ndjson/failure.ts')).failureLine(message));
    case 'csv':
      return Buffer.from((await import('../csv/failure.ts')).csvFailure(message));
    // Who fails before there is a key can only say it in the open.
    case 'encrypted':
    // Of any bytes, encrypted ones are likely: what stands behind them in the open decrypts to no text.
    case 'bytes':
    case 'text':
      return (await import('../asb/failure.ts')).textFailure(message);
    case 'frames':
      return (await import('../zstd/failure.ts')).framesFailure(message);
  }
};

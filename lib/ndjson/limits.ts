/** Characters in one line. A record has at most 8 MiB, and few grow more than sixfold as JSON. */
export const MAX_LINE_LENGTH = 128 * 1024 * 1024;

/**
 * Lists and maps in each other that are written as JSON; what is deeper is kept as msgpack. One of
 * them takes up to four levels of JSON, and jq 1.6 reads no more than 256.
 */
export const MAX_PLAIN_NESTING = 48;

/** A batch that is read ends with the record that reaches one of these. */
export const MAX_BATCH_BYTES = 1024 * 1024;
export const MAX_BATCH_RECORDS = 512;

/** The first four bytes of a zstd frame, as a little-endian number (RFC 8878, 3.1.1). */
export const FRAME_MAGIC = 0xfd2fb528;
/** The same of a skippable frame; its last four bits may be anything (3.1.2). */
export const SKIPPABLE_MAGIC = 0x184d2a50;

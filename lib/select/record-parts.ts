import * as layout from '../record/layout.ts';

// Names of this file for what every record needs: V8 does not fold what is imported.
const { AT_FIELD_COUNT, AT_OP_COUNT, FIELD_HEADER_SIZE, HEADER_SIZE, readU16, readU32 } = layout;
const { DIGEST: DIGEST_FIELD, KEY: KEY_FIELD, SET: SET_FIELD } = layout.Field;

/**
 * Where the parts of a record stand in a batch's bytes: found in one walk, and again for the next
 * record, without an object or a copy of any.
 */
export class RecordParts {
  /** Where the message begins. */
  start = 0;
  setAt = 0;
  setEnd = 0;
  /** The user key with its particle type before it; empty if it was not stored. */
  keyAt = 0;
  keyEnd = 0;
  /** The 20 bytes of the digest. */
  digestAt = 0;
  /** Where the bins begin, and how many there are. */
  binsAt = 0;
  binCount = 0;

  /** Finds the parts of the record whose message begins at `start`; it must be well formed. */
  find(bytes: Uint8Array, start: number): void {
    this.start = start;
    this.setAt = 0;
    this.setEnd = 0;
    this.keyAt = 0;
    this.keyEnd = 0;
    let at = start + HEADER_SIZE;
    for (let left = readU16(bytes, start + AT_FIELD_COUNT); left > 0; left--) {
      const end = at + 4 + readU32(bytes, at);
      const id = bytes[at + 4];
      if (id === DIGEST_FIELD) {
        this.digestAt = at + FIELD_HEADER_SIZE;
      } else if (id === SET_FIELD) {
        this.setAt = at + FIELD_HEADER_SIZE;
        this.setEnd = end;
      } else if (id === KEY_FIELD) {
        this.keyAt = at + FIELD_HEADER_SIZE;
        this.keyEnd = end;
      }
      at = end;
    }
    this.binsAt = at;
    this.binCount = readU16(bytes, start + AT_OP_COUNT);
  }
}

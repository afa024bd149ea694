/** Copies between buffers that are small: there the runtime's own copy takes longer to begin. */

/** From this many bytes on, the runtime's copy beats the loop here. */
export const COPY_NATIVE_FROM = 128;

/**
 * Copies in words of 4 bytes; the last one may overlap the one before.
 *
 * @param out has room at `at` for the bytes of `from` to `end`
 * @returns the offset after the copy
 */
export const copyView = (
  out: DataView,
  at: number,
  bytes: DataView,
  from: number,
  end: number,
): number => {
  const last = end - 4;
  const next = at + end - from;
  if (last < from) {
    for (let index = from; index < end; index++)
      out.setUint8(at + index - from, bytes.getUint8(index));
    return next;
  }
  for (let index = from; index < last; index += 4) {
    out.setUint32(at + index - from, bytes.getUint32(index));
  }
  out.setUint32(next - 4, bytes.getUint32(last));
  return next;
};

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
  let to = at;
  let index = from;
  // Loads first: V8 looks at a view anew after each store.
  for (; index + 16 <= last; index += 16) {
    const first = bytes.getInt32(index);
    const second = bytes.getInt32(index + 4);
    const third = bytes.getInt32(index + 8);
    const fourth = bytes.getInt32(index + 12);
    out.setInt32(to, first);
    out.setInt32(to + 4, second);
    out.setInt32(to + 8, third);
    out.setInt32(to + 12, fourth);
    to += 16;
  }
  for (; index < last; index += 4) {
    out.setInt32(to, bytes.getInt32(index));
    to += 4;
  }
  out.setInt32(next - 4, bytes.getInt32(last));
  return next;
};

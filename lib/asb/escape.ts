/**
 * A name as .asb text has it: `\` before SP, LF and `\`.
 *
 * @returns text of the name's UTF-8 bytes, one character a byte (latin1)
 */
export const escapeName = (name: string): string =>
  Buffer.from(name)
    .toString('latin1')
    .replaceAll(/[ \n\\]/g, '\\$&');

/**
 * The bytes of a name from how text has it: a `\\` is dropped, and what is behind it stands for
 * itself, whatever it is.
 *
 * @param escaped one character a byte (latin1)
 */
export const unescapeName = (escaped: string): Buffer =>
  Buffer.from(escaped.replaceAll(/\\(.)/gs, '$1'), 'latin1');

/**
 * A name as .asb text has it: `\` before SP, LF and `\`.
 *
 * @returns text of the name's UTF-8 bytes, one character a byte (latin1)
 */
export const escapeName = (name: string): string =>
  Buffer.from(name)
    .toString('latin1')
    .replaceAll(/[ \n\\]/g, '\\$&');

/** The bytes that mean something in .asb text, by their name. */
export const SP = 0x20;
export const LF = 0x0a;
export const BACKSLASH = 0x5c;
export const MINUS = 0x2d;
export const PLUS = 0x2b;
export const STAR = 0x2a;
export const BANG = 0x21;
export const LETTER_U = 0x55;

const tableOf = (characters: string): Uint8Array => {
  const table = new Uint8Array(256);
  for (const byte of Buffer.from(characters)) table[byte] = 1;
  return table;
};

const ALPHANUMERIC = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** By byte: 1 if base64 has it. */
export const IS_BASE64 = tableOf(`${ALPHANUMERIC}+/=`);
/** By byte: 1 if the text of a double may have it, words like `inf` too. */
export const IS_FLOAT = tableOf(`${ALPHANUMERIC}+-.`);

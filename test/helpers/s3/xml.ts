/** The little XML that S3 speaks: written with care, read strictly. */
import { S3Failure } from './failure.ts';

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** Escapes a text; control characters become references, as S3 writes them. */
export const escapeXml = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a key may have them
  text.replace(/[&<>"\0-\x1f\x7f]/g, (char) => ENTITIES[char] ?? `&#${char.charCodeAt(0)};`);

/** An element's content: text, elements by name, or many elements of one name. */
export type Content =
  | string
  | number
  | boolean
  | undefined
  | { readonly [name: string]: Content | readonly Content[] };

const element = (name: string, content: Content): string => {
  if (content === undefined) return '';
  const inner = typeof content === 'object' ? elements(content) : escapeXml(String(content));
  return `<${name}>${inner}</${name}>`;
};

const elements = (contents: { readonly [name: string]: Content | readonly Content[] }): string =>
  Object.entries(contents)
    .flatMap(([name, content]) => [content].flat().map((one) => element(name, one)))
    .join('');

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** A whole document; what is `undefined` is left out. */
export const xmlDocument = (root: string, content: Content): string =>
  DECLARATION + element(root, content).replace(`<${root}>`, `<${root} xmlns="${NAMESPACE}">`);

/** An `<Error>`, which has no namespace. */
export const xmlError = (content: Content): string => DECLARATION + element('Error', content);

/** An element of a request's body. */
export interface Element {
  readonly name: string;
  readonly text: string;
  readonly children: readonly Element[];
}

const TOKEN = /<(\/?)([A-Za-z][\w:.-]*)(?:\s[^<>]*?)?(\/?)>|([^<]+)/gy;
const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
};
const LEAST_CODE_POINT = 1;
const MOST_CODE_POINT = 0x10ffff;

const malformed = (): S3Failure =>
  new S3Failure('MalformedXML', 'The XML you provided was not well-formed');

const unescapeXml = (text: string): string =>
  text.replace(/&(#x[0-9a-fA-F]+|#\d+|\w*);?/g, (whole, name: string) => {
    if (!whole.endsWith(';')) throw malformed();
    if (!name.startsWith('#')) {
      const char = NAMED[name];
      if (char === undefined) throw malformed();
      return char;
    }
    const code = Number(name.startsWith('#x') ? `0${name.slice(1)}` : name.slice(1));
    if (code < LEAST_CODE_POINT || code > MOST_CODE_POINT) throw malformed();
    return String.fromCodePoint(code);
  });

/**
 * Reads a request's body: one root of a known name, elements and texts, nothing else.
 *
 * @throws S3Failure `MalformedXML`
 */
export const parseXml = (bytes: Buffer, root: string): Element => {
  const text = bytes
    .toString()
    .replace(/^\ufeff?<\?xml[^<>]*\?>/, '')
    .trim();
  const top: { name: string; text: string; children: Element[] } = {
    name: '',
    text: '',
    children: [],
  };
  const open = [top];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const match = TOKEN.exec(text);
    if (match === null) throw malformed();
    const [, close, name = '', empty, chars] = match;
    const inner = open.at(-1) ?? top;
    if (chars !== undefined) inner.text += unescapeXml(chars);
    else if (close === '/') {
      if (inner.name !== name) throw malformed();
      open.pop();
    } else {
      const child = { name, text: '', children: [] };
      inner.children.push(child);
      if (empty !== '/') open.push(child);
    }
  }
  const [only] = top.children;
  if (only?.name !== root || top.children.length !== 1) throw malformed();
  if (open.length !== 1 || top.text !== '') throw malformed();
  return only;
};

/** The text of the one child `name`; `undefined` if there is none. */
export const childText = (parent: Element, name: string): string | undefined =>
  parent.children.find((child) => child.name === name)?.text;

/** The command lines of asb in what documents and help show, as a shell would read them. */

/** Words of one simple command; those in quotes may be lines for another shell (`ssh vault '…'`). */
interface Simple {
  readonly words: string[];
  readonly quoted: string[];
}

const TOKEN =
  /\s+|\\\n|#[^\n]*|<\(|\d?[<>]+&?\s*|[|&;()\n]+|(?:\\.|'[^']*'|"(?:\\.|[^"\\])*"|[^\s\\'"|&;()<>])+/y;

const unquoted = (token: string): string =>
  token.replaceAll(/\\(.)|'([^']*)'|"((?:\\.|[^"\\])*)"/gs, (_, escaped, single, double) =>
    String(escaped ?? single ?? double.replaceAll(/\\([$`"\\])/g, '$1')),
  );

/** Takes a text of shell apart: pipes, lists, substitutions, without redirections and comments. */
const simpleCommands = (text: string): Simple[] => {
  const commands: Simple[] = [{ words: [], quoted: [] }];
  let isTarget = false;
  for (let at = 0; at < text.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text)?.[0];
    if (token === undefined) throw new Error(`no shell: ${text.slice(at, at + 80)}`);
    if (/^[|&;()]|^<\(|\n/.test(token) && !/^\\|^['"]/.test(token)) {
      commands.push({ words: [], quoted: [] });
    } else if (/^\d?[<>]/.test(token)) {
      isTarget = !token.trim().endsWith('&');
    } else if (!/^[\s#\\]*$|^#/.test(token)) {
      if (!isTarget) {
        commands.at(-1)!.words.push(unquoted(token));
        if (/^['"]/.test(token)) commands.at(-1)!.quoted.push(unquoted(token));
      }
      isTarget = false;
    }
  }
  return commands;
};

/** What stands behind each `asb` that a text of shell runs. */
export const asbLinesIn = (text: string): string[][] =>
  simpleCommands(text).flatMap(({ words, quoted }) => {
    const inner = quoted.filter((word) => /^asb /.test(word)).flatMap(asbLinesIn);
    const at = words.indexOf('asb');
    if (at < 0) return inner;
    // GNU parallel deals out what stands behind ':::', and says where by '{}'.
    const end = words.indexOf(':::');
    if (end < 0) return [words.slice(at + 1), ...inner];
    const dealt = words[end + 1] ?? '';
    return [words.slice(at + 1, end).map((word) => word.replaceAll('{}', dealt)), ...inner];
  });

/** The blocks of a document, four spaces deep, in which asb is run; others need be no shell. */
export const shellBlocksOf = (markdown: string): string[] =>
  markdown
    .replaceAll(/^```.*?^```$/gms, '')
    .split(/\n{2,}/)
    .filter((block) => /^ {4}\S/.test(block) && /\basb [a-z]/.test(block))
    .map((block) => block.replaceAll(/^ {4}/gm, ''));

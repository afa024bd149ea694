/** Info commands that put and look at a UDF module. */
import { AsbError } from '../../errors.ts';
import type { UdfModule } from '../../record/globals.ts';
import { parsePairs } from '../info.ts';

/** What ends a value, a command, and a string in the server; it takes `/` for a directory. */
const UNCARRIED = /[;\n\0/]/;

/**
 * Refuses a name that the server can't be told, or would take for a path.
 * @throws AsbError `FORMAT` that names the module
 */
export const checkUdf = (module: UdfModule): void => {
  if (!UNCARRIED.test(module.name)) return;
  const expected = 'a name without ";", "/", line feed and NUL';
  throw new AsbError(
    'FORMAT',
    `no command can carry the name of UDF module "${module.name}": expected ${expected}; ` +
      'leave out UDF modules (--no-udfs) and register them by hand',
    { expected },
  );
};

/** `udf-put:…` */
export const putUdfCommand = ({ name, language, content }: UdfModule): string => {
  const encoded = Buffer.from(content).toString('base64');
  return `udf-put:filename=${name};content-len=${encoded.length};udf-type=${language};content=${encoded}`;
};

export const getUdfCommand = ({ name }: UdfModule): string => `udf-get:filename=${name}`;

/** Whether the answer to {@link getUdfCommand} is this module. */
export const isSameUdf = (answer: string, { content }: UdfModule): boolean => {
  const stored = parsePairs(answer, ';').get('content');
  return stored !== undefined && Buffer.from(stored, 'base64').equals(content);
};

/** Why a module was refused, in words: the server gives a compiler's as base64. */
export const udfRefusal = (answer: string): string => {
  const facts = parsePairs(answer, ';');
  const words = facts.get('message');
  if (words === undefined) return answer;
  return `${facts.get('error')} in line ${facts.get('line')}: ${Buffer.from(words, 'base64')}`;
};

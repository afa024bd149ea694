/**
 * Info: commands as lines of text, answered as `command TAB value` lines. Values have forms of
 * their own: `a=1;b=2` or, for lists of things, `a=1:b=2;a=3:b=4`.
 */
import { AsbError } from '../errors.ts';
import { encodeProto, ProtoType } from './proto.ts';

export const encodeInfoRequest = (commands: readonly string[]): Buffer =>
  encodeProto(ProtoType.INFO, Buffer.from(commands.map((command) => `${command}\n`).join('')));

/**
 * Splits a reply's body into values by command.
 * @param commands what was asked: a name in a command may hold a tab, as what ends the command; and
 *   a name in a value may hold a newline, so that what answers no command belongs to the value before
 */
export const decodeInfoReply = (
  body: Buffer,
  commands: readonly string[] = [],
): Map<string, string> => {
  const values = new Map<string, string>();
  let last: string | undefined;
  for (const line of body.toString().replace(/\n$/, '').split('\n')) {
    const asked = commands.find((command) => line === command || line.startsWith(`${command}\t`));
    if (asked === undefined && last !== undefined && commands.length > 0) {
      values.set(last, `${values.get(last)}\n${line}`);
      continue;
    }
    if (line === '') continue;
    const tab = asked?.length ?? line.indexOf('\t');
    last = tab < 0 ? line : line.slice(0, tab);
    values.set(last, tab < 0 ? '' : line.slice(tab + 1));
  }
  return values;
};

/**
 * Refuses the values with which a server says no: `ERROR:code:…`, `FAIL:…`, `error=…`, lower case
 * in old ones. A name that only begins so (namespace `errors`) is none.
 *
 * @throws AsbError `SERVER`, with the server's result code if the value has one
 */
export const checkInfoValue = (command: string, value: string, node: string): string => {
  const match = /^(?:error|fail)(?:$|=|:(\d+)?)/i.exec(value);
  if (match === null) return value;
  throw new AsbError('SERVER', `${node} answered "${value}" to info command "${command}"`, {
    node,
    ...(match[1] === undefined ? {} : { resultCode: Number(match[1]) }),
  });
};

/** `a=1;b=2` as a map; a value may hold `=` (base64 does). */
export const parsePairs = (text: string, separator: string): Map<string, string> => {
  const pairs = new Map<string, string>();
  for (const pair of text.split(separator)) {
    const equals = pair.indexOf('=');
    if (equals > 0) pairs.set(pair.slice(0, equals), pair.slice(equals + 1));
  }
  return pairs;
};

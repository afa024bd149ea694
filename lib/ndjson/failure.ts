/**
 * How a filter that fails tells the next one: it ends its output with a line that is no JSON and has
 * no line end. jq and every other reader refuse it, where a mere end would look like success.
 */
const OPENING = '{"failed":';

/** Longest message that is written, in UTF-16 units. */
const MAX_MESSAGE = 1000;
/** Longest line that says so, in bytes: JSON escapes a unit with six at most. */
export const MAX_FAILURE_LINE = OPENING.length + 2 + 6 * MAX_MESSAGE;

/** What a failing filter writes last, without the end of a message that is too long. No line end follows. */
export const failureLine = (message: string): string =>
  `${OPENING}${JSON.stringify(message.slice(0, MAX_MESSAGE))}`;

/** A JSON string. */
const QUOTED = String.raw`"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4}))*"`;
const WHOLE = new RegExp(`^${QUOTED}$`);
const AT_END = new RegExp(`${OPENING}(${QUOTED})$`);

/** The message in a line of {@link failureLine}, or undefined if it is none. */
export const failureIn = (line: string): string | undefined => {
  if (!line.startsWith(OPENING) || line.endsWith('}')) return undefined;
  const quoted = line.slice(OPENING.length);
  return WHOLE.test(quoted) ? String(JSON.parse(quoted)) : quoted;
};

/**
 * The message of a {@link failureLine} behind a line that is cut off: who passes bytes on that are
 * cut anywhere may fail in the middle of one.
 *
 * @param text the last `MAX_FAILURE_LINE` bytes, or fewer
 */
export const failureAtEnd = (text: string): string | undefined => {
  const quoted = AT_END.exec(text)?.[1];
  return quoted === undefined ? undefined : String(JSON.parse(quoted));
};

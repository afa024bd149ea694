/**
 * How a filter that fails tells the next one: it ends its output with a line that is no JSON and has
 * no line end. jq and every other reader refuse it, where a mere end would look like success.
 */
const OPENING = '{"failed":';

/** What a failing filter writes last. No line end follows. */
export const failureLine = (message: string): string => `${OPENING}${JSON.stringify(message)}`;

/** The message in a line of {@link failureLine}, or undefined if it is none. */
export const failureIn = (line: string): string | undefined => {
  if (!line.startsWith(OPENING) || line.endsWith('}')) return undefined;
  const quoted = line.slice(OPENING.length);
  return /^"(?:[^"\\]|\\.)*"$/.test(quoted) ? String(JSON.parse(quoted)) : quoted;
};

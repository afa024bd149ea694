/** Longest message that is written, in UTF-16 units. */
const MAX_MESSAGE = 1000;

/**
 * What a failing filter writes last: a cell in quotes that has no end, behind which no line ends.
 * Strict readers refuse it, and lenient ones have a last row that says so, where a mere end would look
 * like success.
 */
export const csvFailure = (message: string): string =>
  `"asb failed: ${message.slice(0, MAX_MESSAGE).replaceAll('"', "'")}`;

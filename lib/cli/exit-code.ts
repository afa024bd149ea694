/** Exit statuses; a signal's is 128 and its number. */
export const ExitCode = { DONE: 0, FAILED: 1, USAGE: 2 } as const;

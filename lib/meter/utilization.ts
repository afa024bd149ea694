/**
 * Looks from now on how much of the time this thread is at work.
 * @returns tells the share until then, 0 to 1
 */
export const utilizationFromNow = (): (() => number) => {
  const begin = performance.eventLoopUtilization();
  return () => performance.eventLoopUtilization(begin).utilization;
};

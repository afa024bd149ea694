/** What a benchmark reads: a clock, the processor's time, and memory. */
export interface Gauge {
  /** Milliseconds since any moment. */
  now(): number;
  /** Seconds of CPU time that the process has taken, all threads, user and system. */
  cpu(): number;
  /** Resident memory of the process, in bytes. */
  memory(): number;
}

/** That of this process. */
export const processGauge: Gauge = {
  now: () => performance.now(),
  cpu: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  },
  memory: () => process.memoryUsage.rss(),
};

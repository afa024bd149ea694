import type { Gauge } from '../../lib/bench/gauge.ts';

export interface StepGauge extends Gauge {
  /** How often memory was looked at. */
  readonly looks: () => number;
}

/**
 * A gauge that goes on by a step with each look, so that what is measured is known beforehand.
 *
 * @param step of the clock, in milliseconds; of CPU time it is half
 * @param onLook called when memory is looked at
 */
export const stepGauge = (step = 10, onLook: () => void = () => {}): StepGauge => {
  let [now, cpu, looks] = [0, 0, 0];
  return {
    now: () => (now += step),
    cpu: () => (cpu += step / 2000),
    memory: () => {
      looks++;
      onLook();
      return 1000 + looks;
    },
    looks: () => looks,
  };
};

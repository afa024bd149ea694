/**
 * `node test/chaos/run.ts [--runs 200] [--seed N] [--kind scan]`: as many schedules of failures as one
 * likes. Ends with 1 at the first record that is lost, comes twice, or is another; the seed that is
 * printed then gives the same schedule again.
 */
import { parseArgs } from 'node:util';
import { messageOf } from '../../lib/errors.ts';
import { KINDS, runChaos } from './chaos.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '200' },
    seed: { type: 'string', default: process.env.CHAOS_SEED ?? String(Date.now() % 1_000_000_000) },
    kind: { type: 'string', multiple: true, default: [...KINDS] },
  },
});
const runs = Number(values.runs);
const first = Number(values.seed);
const kinds = KINDS.filter((kind) => values.kind.includes(kind));

console.log(`chaos: ${runs} runs each of ${kinds.join(', ')}, from CHAOS_SEED=${first}`);
const totals = { runs: 0, records: 0, retries: 0 };
try {
  for (let seed = first; seed < first + runs; seed++) {
    for (const kind of kinds) {
      const { records, retries } = await runChaos(seed, kind);
      totals.runs++;
      totals.records += records;
      totals.retries += retries;
    }
  }
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}
console.log(
  `chaos: ${totals.runs} runs, ${totals.records} records, ${totals.retries} retries, ` +
    `${process.exitCode === 1 ? '1 failed' : 'none failed: none lost, none twice'}`,
);

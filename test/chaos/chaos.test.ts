/**
 * A few dozen schedules of failures; `CHAOS_SEED` gives the first again, and `node test/chaos/run.ts`
 * runs as many as one likes.
 */
import t from 'tap';
import { KINDS, runChaos } from './chaos.ts';

const ROUNDS = 8;

const seed = Number(process.env.CHAOS_SEED ?? Math.floor(Math.random() * 2 ** 31));

for (const kind of KINDS) {
  t.test(`${kind}, from CHAOS_SEED=${seed}`, async (t) => {
    let retries = 0;
    for (let round = 0; round < ROUNDS; round++) {
      retries += (await runChaos(seed + round, kind)).retries;
    }
    t.ok(retries > 0, `${retries} retries`);
  });
}

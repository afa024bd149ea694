import fc from 'fast-check';
import t from 'tap';
import { BENCH_STAGES, type BenchStage, chainOf, MAX_CHAIN } from '../../lib/bench/chain.ts';
import { AsbError } from '../../lib/errors.ts';

t.test('stages that fit', async (t) => {
  const rows: readonly [string, takes: string, gives: string, ends?: string][] = [
    ['serialize', 'records', 'text'],
    ['compress', 'text', 'frames'],
    ['encrypt', 'text', 'encrypted text'],
    ['rotate', 'text', 'text', 'rotate'],
    ['upload', 'text', 'text', 'upload'],
    ['decrypt', 'encrypted text', 'text'],
    ['decompress', 'frames', 'text'],
    ['parse', 'text', 'records'],
    ['to-ndjson', 'records', 'NDJSON'],
    ['from-ndjson', 'NDJSON', 'records'],
    ['serialize compress rotate', 'records', 'frames', 'rotate'],
    ['serialize compress encrypt upload', 'records', 'encrypted frames', 'upload'],
    // What comes later says what the first one takes.
    ['decrypt decompress parse', 'encrypted frames', 'records'],
    ['encrypt decrypt decompress', 'frames', 'text'],
    ['decrypt parse to-ndjson upload', 'encrypted text', 'NDJSON', 'upload'],
  ];
  for (const [line, takes, gives, ends] of rows) {
    const stages = line.split(' ').map((word) => BENCH_STAGES.find((stage) => stage === word)!);
    const chain = chainOf(stages);
    t.equal(chain.links[0].takes, takes, line);
    t.match(chain, { gives, links: stages.map((stage) => ({ stage })) });
    t.equal(chain.ends, ends);
  }
});

t.test('stages that do not', async (t) => {
  const rows: readonly (readonly BenchStage[])[] = [
    [],
    Array.from({ length: MAX_CHAIN + 1 }, () => 'encrypt'),
    ['compress', 'parse'],
    ['encrypt', 'rotate'],
    ['rotate', 'parse'],
    ['upload', 'upload'],
    ['to-ndjson', 'parse'],
  ];
  for (const stages of rows) t.throws(() => chainOf(stages), { code: 'USAGE' }, stages.join(' '));
  t.throws(() => chainOf(['to-ndjson', 'parse']), {
    message: 'parse takes text; to-ndjson before it gives NDJSON',
    facts: { expected: 'text' },
  });
  t.throws(() => chainOf(['rotate', 'parse']), { message: /rotate before it gives nothing/ });
});

t.test('in a chain that fits each two fit, and what comes before a stage, too', async (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...BENCH_STAGES), { minLength: 2, maxLength: 6 }),
      (stages) => {
        try {
          chainOf(stages);
        } catch (error) {
          return error instanceof AsbError && error.code === 'USAGE';
        }
        for (let at = 1; at < stages.length; at++) {
          chainOf(stages.slice(at - 1, at + 1));
          chainOf(stages.slice(0, at));
        }
        return true;
      },
    ),
  );
  t.pass();
});

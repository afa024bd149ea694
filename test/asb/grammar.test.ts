import t from 'tap';
import { CHOICES, expectedAt, FIRST_CHOICE, Step } from '../../lib/asb/grammar.ts';

t.test('each choice has a table of its own', async (t) => {
  const letters = (step: number) =>
    CHOICES[step - FIRST_CHOICE]!.flatMap((steps, byte) => (steps ? [byte] : []));
  const choices = Object.values(Step).filter((step) => step >= FIRST_CHOICE);
  t.equal(choices.length, CHOICES.length);
  for (const step of choices) {
    const named = expectedAt(step)
      .replace('one of ', '')
      .split(/ (?! |$)/);
    t.same(
      letters(step)
        .map((byte) => String.fromCharCode(byte))
        .sort(),
      named.sort(),
    );
  }
});

t.test('every other step says what it takes', async (t) => {
  t.equal(expectedAt(0x0a), '"\\n"');
  const tokens = Object.values(Step).filter((step) => step < Step.FAILURE && step !== Step.PAYLOAD);
  for (const step of tokens) t.match(expectedAt(step), /^(a|an|base64)\b/);
});

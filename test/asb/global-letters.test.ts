import t from 'tap';
import { COLLECTION_LETTERS, TYPE_LETTERS } from '../../lib/asb/global-letters.ts';
import { CHOICES, FIRST_CHOICE, Step } from '../../lib/asb/grammar.ts';

for (const [letters, step] of [
  [COLLECTION_LETTERS, Step.INDEX_COLLECTION],
  [TYPE_LETTERS, Step.INDEX_TYPE],
] as const) {
  t.test(`the letters are those of the grammar, step ${step}`, async (t) => {
    const known = CHOICES[step - FIRST_CHOICE]!.flatMap((steps, byte) =>
      steps ? [String.fromCharCode(byte)] : [],
    );
    t.strictSame(Object.values(letters).sort(), known);
  });
}

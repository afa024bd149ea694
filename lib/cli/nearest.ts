/**
 * The known name nearest to `word`, if it is near: at most two of five letters differ.
 * @returns `undefined` if none is near
 */
export const nearest = (word: string, known: Iterable<string>): string | undefined => {
  let best: string | undefined;
  let least = Math.max(1, Math.round(word.length / 2.5));
  for (const name of known) {
    const difference = distance(word, name);
    if (difference > least || (difference === least && best !== undefined)) continue;
    best = name;
    least = difference;
  }
  return best;
};

/** Levenshtein's distance, two rows at a time. */
const distance = (one: string, other: string): number => {
  let above = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row++) {
    const line = [row];
    for (let column = 1; column <= other.length; column++) {
      const changed = above[column - 1]! + (one[row - 1] === other[column - 1] ? 0 : 1);
      line.push(Math.min(changed, above[column]! + 1, line[column - 1]! + 1));
    }
    above = line;
  }
  return above[other.length]!;
};

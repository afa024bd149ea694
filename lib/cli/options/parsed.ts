import { AsbError } from '../../errors.ts';
import { namesOf, type Option, type OptionFacts, text } from '../option.ts';

/**
 * A text that is read by a function, whose failures then name the option.
 * @param parse throws an AsbError for what it does not take
 */
export const parsed = <T>(
  facts: OptionFacts & { readonly expected: string },
  parse: (given: string) => T,
): Option<T | undefined> => {
  const asText = text(facts);
  return {
    ...asText,
    read(given) {
      const value = asText.read(given);
      if (value === undefined) return undefined;
      try {
        return parse(value);
      } catch (error) {
        if (!(error instanceof AsbError)) throw error;
        throw new AsbError(error.code, `${namesOf(asText)}: ${error.message}`, error.facts);
      }
    },
  };
};

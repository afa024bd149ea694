/** Racks: a node stands in one for each namespace, and who is near can prefer to read there. */
import { AsbError } from '../errors.ts';

/** Largest number of a rack, as the server has it. */
export const MAX_RACK_ID = 1_000_000;

/**
 * Looks whether racks are numbers of racks.
 * @throws AsbError `USAGE`
 */
export const checkRacks = (racks: readonly number[]): void => {
  const wrong = racks.find((id) => !Number.isInteger(id) || id < 0 || id > MAX_RACK_ID);
  if (wrong === undefined) return;
  const expected = `0 to ${MAX_RACK_ID}`;
  throw new AsbError('USAGE', `${wrong} is no number of a rack; expected ${expected}`, {
    expected,
  });
};

/**
 * Reads `rack-ids`: `ns:rack;ns:rack`.
 *
 * @returns the node's rack, by namespace
 * @throws AsbError `PROTOCOL` if the text is not of that form
 */
export const parseRackIds = (text: string): ReadonlyMap<string, number> => {
  const racks = new Map<string, number>();
  for (const part of text.split(';')) {
    if (part === '') continue;
    const match = /^(.+):(\d{1,7})$/s.exec(part);
    if (match === null) {
      throw new AsbError('PROTOCOL', `"${part.slice(0, 100)}" names no rack`, {
        expected: 'namespace:rack;…',
      });
    }
    const [, namespace = '', rack = ''] = match;
    racks.set(namespace, Number(rack));
  }
  return racks;
};

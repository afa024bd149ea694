import { type BinColumn, ColumnFinder } from '../csv/columns.ts';
import type { FilterOptions } from '../stages/filter.ts';
import type { BackupInput } from './backup-input.ts';
import { findRecords } from './inspect.ts';

/**
 * Reads a backup to find the columns of a table of its records.
 *
 * @param input it must be one that can be read twice, or there is nothing left for the table
 * @param select the records and bins that are to be in the table
 * @param chosen the columns, if somebody says them: then only types are found, where none is said
 * @returns columns with their types; those that were found by name
 * @throws AsbError `LIMIT` for more bins than a table has columns; else as `inspect`
 */
export const findColumns = async (
  input: BackupInput,
  select: FilterOptions,
  chosen?: readonly BinColumn[],
): Promise<BinColumn[]> => {
  const finder = new ColumnFinder();
  const bins = chosen?.map(({ name }) => name);
  const wanted = bins === undefined ? select : { ...select, bins };
  for await (const batch of findRecords(input, { select: wanted })) finder.add(batch);
  return chosen === undefined ? finder.columns : finder.typed(chosen);
};

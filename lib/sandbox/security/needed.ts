import { Info1, Info2 } from '../../record/layout.ts';
import type { Request } from '../request.ts';
import type { Permission } from './roles.ts';

export const NEEDED_FOR_SCANS: readonly Permission[] = ['query'];

/** What one record's request, or a row of a batch, needs. One that is neither needs nothing. */
export const neededFor = ({
  info1,
  info2,
}: Pick<Request, 'info1' | 'info2'>): readonly Permission[] => [
  ...(info1 & Info1.READ ? (['read'] as const) : []),
  ...(info2 & (Info2.WRITE | Info2.DELETE) ? (['write'] as const) : []),
];

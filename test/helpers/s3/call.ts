/** A request that is known to be whole and its sender's own, and what is answered. */
import type { Algorithm } from './checksums.ts';
import { S3Failure } from './failure.ts';
import type { FaultKind } from './faults.ts';
import type { Target } from './operation.ts';
import type { Store } from './store.ts';

export interface Settings {
  readonly region: string;
  readonly pageSize: number;
  readonly encryption: boolean;
  readonly checksums: 'kept' | 'ignored';
}

/** A checksum of the body, found right. */
export interface GivenChecksum {
  readonly algorithm: Algorithm;
  readonly value: string;
}

export interface Call extends Omit<Target, 'operation'> {
  readonly store: Store;
  readonly settings: Settings;
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Without framing. */
  readonly body: Buffer;
  readonly checksum: GivenChecksum | undefined;
  readonly fault: FaultKind | undefined;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | number>>;
  /** XML, or an object's bytes. */
  readonly body?: string | Buffer;
}

export type Operation = (call: Call) => Answer;

export const invalidArgument = (message: string, name: string, value: string): S3Failure =>
  new S3Failure('InvalidArgument', message, { ArgumentName: name, ArgumentValue: value });

/**
 * A parameter that is a whole number.
 *
 * @throws S3Failure `InvalidArgument`
 */
export const numberOf = (
  { query }: Pick<Call, 'query'>,
  name: string,
  { fallback, least = 0, most }: { fallback: number; least?: number; most: number },
): number => {
  const text = query.get(name);
  if (text === undefined) return fallback;
  const number = Number(text);
  if (!/^\d{1,10}$/.test(text) || number < least || number > most) {
    throw invalidArgument(
      `${name} must be an integer between ${least} and ${most}, inclusive`,
      name,
      text,
    );
  }
  return number;
};

import { AsbError, toError } from '../errors.ts';

/** Whether it is a failure of the network, which another try, or another node, may not meet. */
export const isNetwork = (thrown: unknown): thrown is AsbError =>
  thrown instanceof AsbError && thrown.code === 'NETWORK';

/**
 * The same failure, told of a node: its `host:port` stands before the message and among the facts.
 * What is no AsbError, or names a node already, stays as it is.
 */
export const atNode = (thrown: unknown, node: string): Error => {
  if (!(thrown instanceof AsbError) || thrown.facts.node !== undefined) return toError(thrown);
  return new AsbError(thrown.code, `${node}: ${thrown.message}`, { ...thrown.facts, node });
};

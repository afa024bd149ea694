import { AsbError, messageOf } from '../errors.ts';

/** The result code in an error of the client: the server's above 0, the client's own below. */
export const clientCode = (thrown: unknown): number =>
  thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'number' ? thrown.code : 0;

/** What the client has thrown, as an error of ours: `SERVER` with its result code, or `NETWORK`. */
export const clientError = (thrown: unknown, namespace: string): AsbError => {
  const resultCode = clientCode(thrown);
  const facts = { namespace, cause: thrown };
  return resultCode > 0
    ? new AsbError('SERVER', messageOf(thrown), { ...facts, resultCode })
    : new AsbError('NETWORK', messageOf(thrown), facts);
};

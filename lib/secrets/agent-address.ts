/** Where a Secret Agent listens. */
import { AsbError } from '../errors.ts';

export const DEFAULT_AGENT_HOST = '127.0.0.1';
export const DEFAULT_AGENT_PORT = 3005;

/** By TCP, or the path of a Unix socket. */
export type AgentAddress =
  | { readonly host: string; readonly port: number }
  | { readonly path: string };

const ADDRESS = /^(\[[^\]]+\]|[^:[\]]+)(?::(\d+))?$/;

/**
 * Reads `host[:port]`, an IPv6 host in brackets; what has a `/` is the path of a Unix socket.
 *
 * @param defaultPort of an address that names none
 * @throws AsbError `USAGE` for anything else
 */
export const parseAgentAddress = (
  text = DEFAULT_AGENT_HOST,
  defaultPort = DEFAULT_AGENT_PORT,
): AgentAddress => {
  if (text.includes('/')) return { path: text };
  const [, host = '', digits] = ADDRESS.exec(text) ?? [];
  const port = digits === undefined ? defaultPort : Number(digits);
  if (host !== '' && port >= 1 && port <= 65_535) {
    return { host: host.replaceAll(/[[\]]/g, ''), port };
  }
  const expected = 'host[:port], [IPv6]:port, or the path of a Unix socket';
  throw new AsbError('USAGE', `--sa-address "${text}" is not of the form ${expected}`, {
    expected,
  });
};

/** As messages name it. */
export const formatAgentAddress = (address: AgentAddress): string => {
  if ('path' in address) return address.path;
  const { host, port } = address;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
};

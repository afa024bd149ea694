import { AsbError } from '../errors.ts';

/** Where a node listens. */
export interface Address {
  /** Name, IPv4 or IPv6 address (without brackets). */
  readonly host: string;
  readonly port: number;
  /** Name that the node's certificate must have, where TLS is used. */
  readonly tlsName?: string;
}

export const DEFAULT_PORT = 3000;

const ADDRESS = /^(\[[^\]]+\]|[^:[\]]+)(?::([^:]+)(?::([^:]*))?)?$/;

/** `host:port`, an IPv6 host in brackets. */
export const formatAddress = ({ host, port }: Address): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

/**
 * Reads a comma list of seeds, each `host[:tls name][:port]`, an IPv6 host in brackets.
 *
 * @param defaultPort for seeds that name none
 * @throws AsbError `USAGE` for anything else
 */
export const parseAddresses = (list: string, defaultPort = DEFAULT_PORT): Address[] =>
  list.split(',').map((text) => parseAddress(text.trim(), defaultPort));

const parseAddress = (text: string, defaultPort: number): Address => {
  const match = ADDRESS.exec(text);
  if (match === null) throw wrongAddress(text);
  const [, bracketed = '', second, third] = match;
  const host = bracketed.replaceAll(/[[\]]/g, '');
  if (second === undefined) return { host, port: defaultPort };
  if (third !== undefined) return { host, port: parsePort(third, text), tlsName: second };
  if (/^\d+$/.test(second)) return { host, port: parsePort(second, text) };
  return { host, port: defaultPort, tlsName: second };
};

const parsePort = (digits: string, text: string): number => {
  const port = Number(digits);
  if (!/^\d+$/.test(digits) || port < 1 || port > 65_535) throw wrongAddress(text);
  return port;
};

const wrongAddress = (text: string): AsbError =>
  new AsbError('USAGE', `host "${text}" is not of the form host[:tls name][:port] or [ipv6]:port`, {
    expected: 'host[:tls name][:port]',
  });

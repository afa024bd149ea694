import { AsbError } from '../errors.ts';
import { type Address, DEFAULT_PORT, parseAddresses } from './address.ts';

/** A node as another node tells of it. */
export interface Peer {
  readonly name: string;
  /** Empty if it has none of the kind that was asked for. */
  readonly addresses: readonly Address[];
}

/**
 * Reads `peers-clear-std` and its kin: `generation,default port,[[name,tls name,[host,…]],…]`.
 *
 * @throws AsbError `PROTOCOL` if the text is not of that form
 */
export const parsePeers = (text: string): readonly Peer[] => {
  const match = /^\d+,(\d{0,5}),\[(.*)\]$/s.exec(text);
  if (match === null) throw wrongPeers(text);
  const [, port = '', list = ''] = match;
  const defaultPort = port === '' ? DEFAULT_PORT : Number(port);
  const peers: Peer[] = [];
  // Addresses may be in brackets themselves, so a peer's list ends at the first `]]`.
  let rest = list;
  while (rest !== '') {
    const peer = /^,?\[([^,[\]]*),([^,[\]]*),\[((?:\[[^\]]*\]|[^\][])*)\]\]/.exec(rest);
    if (peer === null) throw wrongPeers(text);
    const [whole, name = '', tlsName = '', hosts = ''] = peer;
    const addresses = hosts === '' ? [] : addressesOf(hosts, defaultPort, text);
    peers.push({
      name,
      addresses: tlsName === '' ? addresses : addresses.map((at) => ({ ...at, tlsName })),
    });
    rest = rest.slice(whole.length);
  }
  return peers;
};

const addressesOf = (hosts: string, defaultPort: number, text: string): Address[] => {
  try {
    return parseAddresses(hosts, defaultPort);
  } catch (cause) {
    throw wrongPeers(text, cause);
  }
};

const wrongPeers = (text: string, cause?: unknown): AsbError =>
  new AsbError('PROTOCOL', `"${text.slice(0, 100)}" is no list of peers`, {
    expected: 'generation,port,[[name,tls name,[host,…]],…]',
    ...(cause === undefined ? {} : { cause }),
  });

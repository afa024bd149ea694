import { isIP, type Socket, type TcpNetConnectOpts } from 'node:net';
import {
  checkServerIdentity,
  connect,
  type PeerCertificate,
  type SecureContext,
  type TLSSocket,
} from 'node:tls';
import { type Address, formatAddress } from '../address.ts';
import type { TlsFacts } from './credentials.ts';
import { explainTls, type TlsFailure } from './tls-failure.ts';
import { readSecureContext, type TlsOptions } from './tls-options.ts';

/** Opens connections with TLS from their first byte. */
export class TlsClient implements TlsFacts {
  readonly #context: SecureContext;
  readonly #options: TlsOptions;
  readonly #onNotice: ((notice: string) => void) | undefined;

  private constructor(
    context: SecureContext,
    options: TlsOptions,
    onNotice: ((notice: string) => void) | undefined,
  ) {
    this.#context = context;
    this.#options = options;
    this.#onNotice = onNotice;
  }

  /**
   * Reads the files that the options name, once.
   *
   * @param onNotice told of each connection, with `logSessionInfo`
   * @throws AsbError `KEY`, `USAGE`, as {@link readSecureContext} does
   */
  static async create(
    options: TlsOptions,
    onNotice?: (notice: string) => void,
  ): Promise<TlsClient> {
    return new TlsClient(await readSecureContext(options), options, onNotice);
  }

  get hasCertificate(): boolean {
    return this.#options.certfile !== undefined;
  }

  /** Connects; the socket emits `secureConnect` when the node has proved who it is. */
  connect(address: Address, options: TcpNetConnectOpts): Socket {
    const name = this.#nameOf(address);
    const socket = connect({
      ...options,
      secureContext: this.#context,
      servername: isIP(name) === 0 ? name : '', // SNI has no addresses
      checkServerIdentity: (_, certificate) => identityFailure(name, certificate),
    });
    socket.setNoDelay(true); // of the options for sockets, TLS takes only some
    socket.setKeepAlive(true, options.keepAliveInitialDelay);
    if (this.#options.logSessionInfo === true) {
      socket.once('secureConnect', () => this.#tellSession(address, socket));
    }
    return socket;
  }

  /** @returns `undefined` if TLS is not why the connection failed */
  explain(error: unknown, address: Address): TlsFailure | undefined {
    return explainTls(error, this.#nameOf(address));
  }

  #nameOf({ tlsName, host }: Address): string {
    return tlsName ?? this.#options.name ?? host;
  }

  #tellSession(address: Address, socket: TLSSocket): void {
    const { standardName } = socket.getCipher();
    this.#onNotice?.(`${formatAddress(address)}: ${socket.getProtocol()}, ${standardName}`);
  }
}

/**
 * The peers take a common name also beside alternative names, which Node does not; TLS names of
 * clusters are often only there.
 */
const identityFailure = (name: string, certificate: PeerCertificate): Error | undefined => {
  const failure = checkServerIdentity(name, certificate);
  if (failure === undefined) return undefined;
  return [certificate.subject.CN].flat().includes(name) ? undefined : failure;
};

import { X509Certificate } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { AsbError, messageOf } from '../../errors.ts';

/** TLS for the ports of a sandbox; every value is PEM text. */
export interface SandboxTls {
  /** The server's certificate. Its common name is the tls name that nodes tell of each other. */
  readonly cert: string;
  /** Its key, without a password. */
  readonly key: string;
  /** The CA of clients' certificates: if it is given, every client must show one of it. */
  readonly ca?: string;
}

export interface ListenerHandlers {
  /** A connection came about; with TLS, before the handshake. */
  accepted(socket: Socket): void;
  /**
   * A client may speak.
   * @param clientName the common name of the certificate that it showed
   */
  ready(socket: Socket, clientName?: string): void;
}

/**
 * A server for a port, not listening yet. A handshake that fails ends its connection, and nothing
 * else.
 *
 * @throws AsbError `USAGE` for a certificate or key that can't be used
 */
export const createListener = (
  tls: SandboxTls | undefined,
  { accepted, ready }: ListenerHandlers,
): Server => {
  if (tls === undefined) {
    return createServer((socket) => {
      accepted(socket);
      ready(socket);
    });
  }
  const { cert, key, ca } = tls;
  const mutual = ca === undefined ? {} : { ca, requestCert: true };
  // Node takes a CA that is none for no CA, and would refuse everybody.
  if (ca !== undefined) usable(() => new X509Certificate(ca));
  const server = usable(() =>
    createTlsServer({ cert, key, ...mutual }, (socket) => {
      const certificate = socket.getPeerX509Certificate();
      ready(socket, certificate && commonNameOf(certificate));
    }),
  );
  server.on('connection', accepted);
  return server;
};

/**
 * The name by which clients know the certificate of a sandbox.
 * @throws AsbError `USAGE` if it is no certificate, or has no common name
 */
export const tlsNameOf = ({ cert }: SandboxTls): string => {
  const name = commonNameOf(usable(() => new X509Certificate(cert)));
  if (name !== undefined) return name;
  throw new AsbError('USAGE', 'the certificate has no common name', { expected: 'CN=…' });
};

const commonNameOf = (certificate: X509Certificate): string | undefined =>
  /^CN=(.+)$/m.exec(certificate.subject)?.[1];

/** What `make` makes of certificates and keys; what it throws is about them. */
const usable = <Made>(make: () => Made): Made => {
  try {
    return make();
  } catch (cause) {
    const message = `the certificate, its key or the CA can't be used: ${messageOf(cause)}`;
    throw new AsbError('USAGE', message, { expected: 'PEM', cause });
  }
};

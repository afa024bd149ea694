/** The certificates of fixtures/tls, and servers that show them. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createPlainServer, type Server, type Socket } from 'node:net';
import { createServer, type TlsOptions as ServerOptions } from 'node:tls';
import { fileURLToPath } from 'node:url';
import type { Address } from '../../lib/wire/address.ts';

const DIRECTORY = new URL('../../fixtures/tls/', import.meta.url);

/** Path of a file in fixtures/tls. */
export const tlsPath = (name: string): string => fileURLToPath(new URL(name, DIRECTORY));
/** Its text. */
export const tlsText = (name: string): string => readFileSync(tlsPath(name), 'utf8');

/** What a client needs that has a certificate. */
export const CLIENT = {
  cafile: tlsPath('ca.pem'),
  certfile: tlsPath('client.pem'),
  keyfile: tlsPath('client.key'),
} as const;

export interface TestServer extends Address {
  /** Ends all connections with a reset, below TLS. */
  reset(): void;
  close(): Promise<void>;
}

/** A server with the certificate `server.pem`; `options` may change that. */
export const startTls = (
  options: ServerOptions,
  onSocket: (socket: Socket) => void,
): Promise<TestServer> => {
  const identity = { cert: tlsText('server.pem'), key: tlsText('server.key') };
  const server = createServer({ ...identity, ...options }, (socket) => {
    socket.on('error', () => socket.destroy());
    onSocket(socket);
  });
  return listening(server);
};

/** A server without TLS. */
export const startPlain = (onSocket: (socket: Socket) => void): Promise<TestServer> =>
  listening(createPlainServer(onSocket));

const listening = async (server: Server): Promise<TestServer> => {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    host: '127.0.0.1',
    port: typeof address === 'object' && address !== null ? address.port : 0,
    reset: () => {
      for (const socket of sockets) socket.resetAndDestroy();
    },
    close: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
};

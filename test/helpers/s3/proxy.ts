/** A proxy that requests go through, as in a company's network. */
import { createServer, request as forward } from 'node:http';
import { connect } from 'node:net';
import { pipeline } from 'node:stream/promises';
import type { Test } from 'tap';
import { listen } from './listen.ts';

export interface Proxy {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** What it was asked: `GET http://host:port/path`, `CONNECT host:port`. */
  readonly requests: string[];
}

/** Starts a proxy that lets HTTP through, but tunnels (of https) only if `tunnels` is set. */
export const startProxy = async (
  t: Pick<Test, 'teardown'>,
  { tunnels = false }: { readonly tunnels?: boolean } = {},
): Promise<Proxy> => {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const { method, url = '', headers } = request;
    requests.push(`${method} ${url}`);
    const onward = forward(url, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      pipeline(answer, response).catch(() => response.destroy());
    });
    pipeline(request, onward).catch(() => response.destroy());
  });
  server.on('connect', ({ url = '' }, socket) => {
    requests.push(`CONNECT ${url}`);
    if (!tunnels) {
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      return;
    }
    const { hostname, port } = new URL(`http://${url}`);
    const onward = connect(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
    });
    pipeline(socket, onward, socket).catch(() => socket.destroy());
  });
  return { url: await listen(t, server), requests };
};

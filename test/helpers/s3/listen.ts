import { once } from 'node:events';
import type { Server } from 'node:http';
import type { Test } from 'tap';

/** Lets a server listen on a free port of loopback until the test ends. @returns its URL */
export const listen = async (t: Pick<Test, 'teardown'>, server: Server): Promise<string> => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}`;
};

import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import t from 'tap';
import { Connection } from '../../lib/sandbox/connection.ts';
import { encodeProto } from '../../lib/wire/proto.ts';

/** A client's socket and the connection that serves it. */
const pair = async (): Promise<{ client: Socket; socket: Socket; connection: Connection }> => {
  const server = createServer({ highWaterMark: 1024 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const client = connect(port, '127.0.0.1');
  const [socket]: Socket[] = await once(server, 'connection');
  server.close();
  if (socket === undefined) throw new Error('no connection');
  return { client, socket, connection: new Connection(socket) };
};

t.test('protos are cut out at every split', async (t) => {
  const protos = Buffer.concat([
    encodeProto(1, Buffer.from('one')),
    encodeProto(3, Buffer.alloc(0)),
    encodeProto(1, Buffer.from('three')),
  ]);
  const { client, socket, connection } = await pair();
  const seen: string[] = [];
  let wanted = '';
  let reached = () => {};
  const serving = connection.serve(async (type, body) => {
    seen.push(`${type} ${body}`);
    if (seen.length === 3) reached();
  });
  for (let split = 0; split <= protos.length; split++) {
    const done = new Promise<void>((resolve) => {
      reached = resolve;
    });
    // Handed to the socket's reader as chunks: on the way, the system may join them.
    for (const part of [protos.subarray(0, split), protos.subarray(split)]) {
      if (part.length > 0) socket.push(part);
    }
    await done;
    wanted = seen.splice(0).join();
    if (wanted !== '1 one,3 ,1 three') t.fail(`split ${split}: ${wanted}`);
  }
  client.end();
  await serving;
  t.equal(wanted, '1 one,3 ,1 three');
});

t.test('what is no proto ends the service', async (t) => {
  const { client, connection } = await pair();
  client.end(Buffer.alloc(8, 0xff));
  await t.rejects(
    connection.serve(async () => {}),
    { code: 'PROTOCOL' },
  );
  connection.destroy();
});

t.test('sending waits for a client that does not read', async (t) => {
  const { client, connection } = await pair();
  const sent = connection.send(Buffer.alloc(32 * 1024 * 1024));
  let settled = false;
  sent.then(() => {
    settled = true;
  });
  await new Promise(setImmediate);
  t.notOk(settled);
  client.resume();
  await sent;
  connection.end();
  await once(client, 'close');
  t.ok(connection.closed);
  await connection.send(Buffer.alloc(1));
});

t.test('closing at once, and by a reset', async (t) => {
  for (const how of [undefined, 'close', 'reset'] as const) {
    const { client, connection } = await pair();
    if (client.connecting) await once(client, 'connect');
    client.resume();
    const seen = once(client, 'end').then(
      () => 'end',
      ({ code }) => code,
    );
    connection.destroy(how);
    t.equal(await seen, how === 'reset' ? 'ECONNRESET' : 'end');
    t.ok(connection.closed);
  }
});

t.test('sending does not wait for a client that is gone', async (t) => {
  const { client, connection } = await pair();
  const sent = connection.send(Buffer.alloc(32 * 1024 * 1024));
  client.resetAndDestroy();
  await sent;
  t.ok(connection.closed);
});

t.test('a client that resets its connection has just gone', async (t) => {
  const { client, connection } = await pair();
  const serving = connection.serve(async () => {});
  client.resetAndDestroy();
  await serving;
  t.ok(connection.closed);
});

import type { Socket } from 'node:net';
import t from 'tap';
import { BatchBuilder } from '../../../lib/record/builder.ts';
import { viewOf } from '../../../lib/record/layout.ts';
import { ClusterNode } from '../../../lib/wire/node.ts';
import { RowEncoder } from '../../../lib/wire/write/row-encoder.ts';
import { WriteConnection } from '../../../lib/wire/write/write-connection.ts';
import { WriteRequest } from '../../../lib/wire/write/write-request.ts';
import { startFakeNode, until } from '../../helpers/fake-node.ts';
import { answerProto } from '../../helpers/write-reply.ts';

const request = (): WriteRequest => {
  const { bytes, offsets } = new BatchBuilder('test').add({ key: 1, bins: { a: 1 } }).build();
  const made = new WriteRequest('batch', 1);
  const encoder = new RowEncoder({ namespace: 'test' });
  made.add(encoder, bytes, viewOf(bytes), offsets[0]!, offsets[1]!);
  return made;
};

const WHOLE = Buffer.concat([answerProto({ generation: 3 }), answerProto({ last: true })]);

/** A connection to a node that answers as told. */
const start = async (message: (body: Buffer, socket: Socket) => void) => {
  const fake = await startFakeNode({ message });
  const node = await ClusterNode.reach(fake, { connectTimeout: 5000, infoTimeout: 5000 });
  const connection = new WriteConnection(node, await node.connect());
  const close = async () => {
    connection.destroy();
    node.close();
    await fake.close();
  };
  return { connection, node, close };
};

t.test('one request after the other', async (t) => {
  const { connection, node, close } = await start((_body, socket) => socket.write(WHOLE));
  t.equal(connection.node, node);
  for (let round = 0; round < 3; round++) {
    const reply = await connection.send(request(), 5000);
    t.strictSame([reply.result(0), reply.generation(0)], [0, 3]);
    t.ok(connection.usable);
  }
  await close();
});

t.test('no answer in time', async (t) => {
  const { connection, close } = await start(() => {});
  await t.rejects(connection.send(request(), 1), { code: 'NETWORK' });
  t.notOk(connection.usable);
  await close();
});

t.test('the connection ends: what was answered is known', async (t) => {
  const { connection, close } = await start((_body, socket) =>
    socket.end(answerProto({ code: 13 })),
  );
  await t.rejects(connection.send(request(), 5000), { code: 'NETWORK' });
  t.equal(connection.reply.result(0), 13);
  t.notOk(connection.usable);
  await t.rejects(connection.send(request(), 5000), { code: 'NETWORK' });
  await close();
});

t.test('nonsense ends the connection', async (t) => {
  const { connection, close } = await start((_body, socket) => socket.write(Buffer.alloc(50, 9)));
  await t.rejects(connection.send(request(), 5000), { code: 'PROTOCOL' });
  t.notOk(connection.usable);
  await close();
});

t.test('an answer that nobody waits for ends it too', async (t) => {
  let socket: Socket | undefined;
  const { connection, close } = await start((_body, from) => {
    socket = from;
    from.write(WHOLE);
  });
  await connection.send(request(), 5000);
  socket?.write(WHOLE);
  await until(() => !connection.usable);
  t.equal(connection.reply.result(0), 0, 'what was answered stands');
  await close();
});

import t from 'tap';
import { codeOf } from '../../lib/errors.ts';
import { Connection } from '../../lib/wire/connection.ts';
import { encodeInfoRequest } from '../../lib/wire/info.ts';
import { encodeProto, ProtoType } from '../../lib/wire/proto.ts';
import type { Receiver } from '../../lib/wire/receiver.ts';
import { deadAddress, startFakeNode, until } from '../helpers/fake-node.ts';

const REQUEST = encodeInfoRequest(['node']);
const MESSAGE = encodeProto(ProtoType.MESSAGE, Buffer.from('x'));
const LONG = 10_000;

/** Writes down what it is told. */
const listener = (size: number, more: (told: number) => boolean = () => true) => {
  const heard: { text: string; idle: number; closed: (string | undefined)[] } = {
    text: '',
    idle: 0,
    closed: [],
  };
  const room = Buffer.alloc(size);
  const receiver: Receiver = {
    space: () => room,
    received: (count) => {
      heard.text += room.toString('latin1', 0, count);
      return more(heard.text.length);
    },
    idle: () => heard.idle++,
    closed: (error) => heard.closed.push(error.code),
  };
  return { heard, receiver };
};

t.test('nobody listens, or nobody answers in time', async (t) => {
  await t.rejects(Connection.open(await deadAddress(), { timeout: 5000 }), { code: 'NETWORK' });
  const node = await startFakeNode();
  const opening = Connection.open(node, { timeout: 1 });
  // The time is up before the event loop can see that the connection came about.
  for (const begin = performance.now(); performance.now() < begin + 5; );
  await t.rejects(opening, { code: 'NETWORK' });
  await node.close();
});

t.test('an exchange', async (t) => {
  const node = await startFakeNode({ info: () => 'x'.repeat(LONG) });
  const connection = await Connection.open(node, { timeout: 5000 });
  t.equal(connection.node, `127.0.0.1:${node.port}`);
  for (let round = 0; round < 3; round++) {
    t.equal((await connection.exchange(REQUEST, 5000)).length, LONG + 6);
    t.ok(connection.usable);
  }
  connection.destroy();
  t.notOk(connection.usable);
  await t.rejects(connection.exchange(REQUEST, 5000), { code: 'NETWORK' }, 'it is closed');
  await node.close();
});

t.test('an exchange that fails', async (t) => {
  const rows: readonly [string, Parameters<typeof startFakeNode>[0], Buffer, string][] = [
    ['is never answered', {}, MESSAGE, 'NETWORK'],
    ['is answered by a close', { message: (_, socket) => socket.destroy() }, MESSAGE, 'NETWORK'],
    [
      'is answered by nonsense',
      { message: (_, socket) => socket.write('GET / HTTP') },
      MESSAGE,
      'PROTOCOL',
    ],
  ];
  for (const [what, options, request, code] of rows) {
    const node = await startFakeNode(options);
    const connection = await Connection.open(node, { timeout: 5000 });
    await t.rejects(connection.exchange(request, 20), { code }, what);
    t.notOk(connection.usable, what);
    await node.close();
  }
});

t.test('bytes that nobody asked for end the connection', async (t) => {
  const node = await startFakeNode();
  const connection = await Connection.open(node, { timeout: 5000 });
  await connection.exchange(REQUEST, 5000);
  for (const socket of node.sockets) socket.write('more');
  await until(() => !connection.usable);
  const { heard, receiver } = listener(10);
  connection.send(REQUEST, receiver, 0);
  t.strictSame(heard.closed, ['NETWORK']);
  await node.close();
});

t.test('bytes go to the receiver of the request, into whatever room it has', async (t) => {
  for (const size of [1, 7, 100_000]) {
    const node = await startFakeNode({ message: (_, socket) => socket.end('y'.repeat(LONG)) });
    const connection = await Connection.open(node, { timeout: 5000 });
    const { heard, receiver } = listener(size);
    connection.send(MESSAGE, receiver, 0);
    await until(() => heard.closed.length > 0);
    t.equal(heard.text, 'y'.repeat(LONG));
    t.strictSame(heard.closed, ['NETWORK'], 'told once that it is over');
    await node.close();
  }
});

t.test('reading stops and goes on', async (t) => {
  const node = await startFakeNode({ message: (_, socket) => socket.write('z'.repeat(LONG)) });
  const connection = await Connection.open(node, { timeout: 5000 });
  const { heard, receiver } = listener(100, (told) => told !== 100 && told !== LONG);
  connection.send(MESSAGE, receiver, 0);
  await until(() => heard.text.length >= 100);
  connection.resume();
  await until(() => heard.text.length === LONG);
  connection.destroy();
  connection.destroy();
  await until(() => heard.closed.length > 0);
  t.strictSame(heard.closed, ['NETWORK']);
  await node.close();
});

t.test('silence is told of, again and again', async (t) => {
  const node = await startFakeNode();
  const connection = await Connection.open(node, { timeout: 5000 });
  const { heard, receiver } = listener(10);
  connection.send(MESSAGE, receiver, 5);
  await until(() => heard.idle >= 3);
  connection.destroy();
  await node.close();
  t.pass();
});

t.test('a request on a connection that is being closed hears of it once', async (t) => {
  const node = await startFakeNode();
  const connection = await Connection.open(node, { timeout: 5000 });
  const [before, after] = [listener(10), listener(10)];
  connection.send(MESSAGE, before.receiver, 0);
  connection.destroy();
  connection.send(MESSAGE, after.receiver, 0);
  await until(() => before.heard.closed.length > 0);
  t.strictSame([before.heard.closed, after.heard.closed], [['NETWORK'], ['NETWORK']]);
  await node.close();
});

t.test('a reset by the node', async (t) => {
  const node = await startFakeNode({ message: (_, socket) => socket.resetAndDestroy() });
  const connection = await Connection.open(node, { timeout: 5000 });
  const error = await connection.exchange(MESSAGE, 5000).catch((thrown: unknown) => thrown);
  t.equal(codeOf(error), 'NETWORK');
  t.match(error, { facts: { node: connection.node, cause: { code: 'ECONNRESET' } } });
  await node.close();
});

import type { Socket } from 'node:net';
import t from 'tap';
import { BatchBuilder } from '../../../lib/record/builder.ts';
import { EPOCH_SECONDS, viewOf } from '../../../lib/record/layout.ts';
import { ClusterNode } from '../../../lib/wire/node.ts';
import { RequestSender, type SendOptions } from '../../../lib/wire/write/request-sender.ts';
import { RowEncoder } from '../../../lib/wire/write/row-encoder.ts';
import { RowSettler } from '../../../lib/wire/write/row-settler.ts';
import { noCounts } from '../../../lib/wire/write/write-info.ts';
import { MAX_RECORD_TTL, WriteRequest } from '../../../lib/wire/write/write-request.ts';
import { startFakeNode } from '../../helpers/fake-node.ts';
import { answerProto } from '../../helpers/write-reply.ts';

const NOW = 500_000_000;
const at = (EPOCH_SECONDS + NOW) * 1000 + 300;
const OPTIONS = { namespace: 'test', time: { now: () => at, sleep: async () => {} } };

/** A put of records with these void times. */
const requestOf = (...voidTimes: readonly number[]): WriteRequest => {
  const request = new WriteRequest('put', 10);
  const encoder = new RowEncoder(OPTIONS);
  const builder = new BatchBuilder('test');
  for (const voidTime of voidTimes) builder.add({ key: voidTime, voidTime, bins: { a: 1 } });
  const { bytes, offsets } = builder.build();
  for (let index = 0; index < offsets.length; index += 2) {
    request.add(encoder, bytes, viewOf(bytes), offsets[index]!, offsets[index + 1]!);
  }
  return request;
};

/** A node that answers each put, and a sender to it. */
const start = async (
  options: Partial<SendOptions> = {},
  message = (_body: Buffer, socket: Socket): unknown => socket.write(answerProto({})),
) => {
  const fake = await startFakeNode({
    message,
    info: (command) => (command === 'namespace/test' ? `current_time=${NOW}` : undefined),
  });
  const node = await ClusterNode.reach(fake, { connectTimeout: 5000, infoTimeout: 5000 });
  const counts = noCounts();
  const settler = new RowSettler(OPTIONS, counts);
  const sender = new RequestSender({ ...OPTIONS, ...options }, settler, counts);
  const close = async () => {
    sender.close();
    node.close();
    await fake.close();
  };
  t.teardown(close);
  const again = new WriteRequest('put', 10);
  return { fake, node, counts, sender, again, close };
};

t.test('a request is sent, and the connection kept', async (t) => {
  const { fake, node, counts, sender, again } = await start();
  for (let round = 0; round < 3; round++) {
    const request = requestOf(0, 0);
    t.equal(await sender.send({ node, request }, again), undefined);
  }
  t.equal(counts.inserted, 6);
  t.equal(counts.bytes, 3 * requestOf(0, 0).size);
  t.equal(fake.sockets.size, 2, 'one for info, one for writing');
  t.notOk(fake.asked.includes('namespace/test'), 'nothing expires: nobody asks for the time');
  sender.keepOnly([]);
  await sender.send({ node, request: requestOf(0) }, again);
  t.equal(again.rows, 0);
});

t.test('what has expired is not sent', async (t) => {
  const { fake, node, counts, sender, again } = await start();
  t.equal(await sender.send({ node, request: requestOf(NOW, NOW - 1) }, again), undefined);
  t.strictSame([counts.expired, counts.bytes, again.rows], [2, 0, 0]);
  t.ok(fake.asked.includes('namespace/test'));
});

t.test('what expires too late', async (t) => {
  const far = NOW + MAX_RECORD_TTL + 1;
  const strict = await start();
  const request = requestOf(far);
  await t.rejects(strict.sender.send({ node: strict.node, request }, strict.again), {
    code: 'RANGE',
  });
  const { node, counts, sender, again } = await start({ ignoreRecordErrors: true });
  await sender.send({ node, request: requestOf(far) }, again);
  t.strictSame([counts.ignored, counts.bytes], [1, 0]);
});

t.test('no node, or none that can be reached', async (t) => {
  const { node, sender, again, close } = await start();
  const nobody = await sender.send({ node: undefined, request: requestOf(0) }, again);
  t.strictSame([nobody?.code, again.rows], ['PARTITIONS', 1]);
  await close();
  again.clear();
  const other = new RequestSender(OPTIONS, new RowSettler(OPTIONS, noCounts()), noCounts());
  const gone = await other.send({ node, request: requestOf(0, 0) }, again);
  t.strictSame([gone?.code, again.rows, again.flagged], ['NETWORK', 2, false], 'none was sent');
});

t.test('nonsense', async (t) => {
  const { node, sender, again } = await start({}, (_body, socket) =>
    socket.write(Buffer.alloc(64)),
  );
  await t.rejects(sender.send({ node, request: requestOf(0) }, again), { code: 'PROTOCOL' });
});

t.test('no answer in time', async (t) => {
  const { node, sender, again } = await start({ timeout: 1 }, () => {});
  const why = await sender.send({ node, request: requestOf(0) }, again);
  t.strictSame(
    [why?.code, again.rows, again.flagged],
    ['NETWORK', 1, true],
    'perhaps it is written',
  );
});

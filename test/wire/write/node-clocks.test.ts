import t from 'tap';
import { AsbError } from '../../../lib/errors.ts';
import { BatchBuilder } from '../../../lib/record/builder.ts';
import { EPOCH_SECONDS, viewOf } from '../../../lib/record/layout.ts';
import { ClusterNode } from '../../../lib/wire/node.ts';
import { LOCAL_TIME, NodeClocks } from '../../../lib/wire/write/node-clocks.ts';
import { RowEncoder } from '../../../lib/wire/write/row-encoder.ts';
import { WriteReply } from '../../../lib/wire/write/write-reply.ts';
import { WriteRequest } from '../../../lib/wire/write/write-request.ts';
import { startFakeNode } from '../../helpers/fake-node.ts';
import { answerProto, giveReply } from '../../helpers/write-reply.ts';

const SECOND = 500_000_000;

/** A time that goes on only where it is told to. */
const stoppedTime = () => {
  const time = {
    at: (EPOCH_SECONDS + SECOND) * 1000 + 300,
    slept: [] as number[],
    now: () => time.at,
    sleep: async (ms: number) => {
      time.slept.push(ms);
      time.at += ms;
    },
  };
  return time;
};

/** A node that says its time, if `ahead` is no text, so many ms ahead of `time`. */
const start = async (
  time: ReturnType<typeof stoppedTime>,
  ahead: () => number | string = () => 0,
  host = '127.0.0.1',
) => {
  const says = (): string => {
    const value = ahead();
    if (typeof value === 'string') return value;
    return String(Math.floor((time.at + value) / 1000) - EPOCH_SECONDS);
  };
  const fake = await startFakeNode({
    info: (command) =>
      command === 'namespace/test' ? `x=1;current_time=${says()};y=2` : undefined,
  });
  const node = await ClusterNode.reach(
    { host, port: fake.port },
    { connectTimeout: 5000, infoTimeout: 5000 },
  );
  const asked = () => fake.asked.filter((command) => command === 'namespace/test').length;
  t.teardown(async () => {
    node.close();
    await fake.close();
  });
  return { node, asked, clocks: new NodeClocks('test', time) };
};

t.test('a node is asked for its time once, whoever wants to know, and again later', async (t) => {
  const time = stoppedTime();
  const { node, asked, clocks } = await start(time);
  t.strictSame(await Promise.all([clocks.now(node), clocks.now(node)]), [SECOND, SECOND]);
  t.equal(await clocks.now(node), SECOND);
  t.equal(asked(), 1);
  time.at += 10_000;
  t.equal(await clocks.now(node), SECOND + 10);
  t.equal(asked(), 2);
});

t.test('a node of another time is asked until it goes on to the next second', async (t) => {
  for (const ahead of [5_000_000, 5_000_400, -400]) {
    const time = stoppedTime();
    const { node, asked, clocks } = await start(time, () => ahead);
    const second = () => Math.floor((time.at + ahead) / 1000) - EPOCH_SECONDS;
    for (const end = time.at + 5000; time.at < end; time.at += 7) {
      const now = await clocks.now(node);
      if (now !== second()) t.equal(now, second(), `${ahead}: ${time.at}`);
    }
    t.ok(asked() > 3 && asked() < 50, `${asked()} times`);
  }
});

t.test('another machine’s clock is not taken on trust', async (t) => {
  const time = stoppedTime();
  const { node, asked, clocks } = await start(time, () => 0, '0.0.0.0');
  t.equal(await clocks.now(node), SECOND + 1);
  t.ok(asked() > 10, `${asked()} times`);
});

t.test('a node too far away to be known well is asked for a second at most', async (t) => {
  const time = stoppedTime();
  const { node, asked, clocks } = await start(time, () => {
    time.at += 200;
    return 5_000_000;
  });
  await clocks.now(node);
  t.ok(asked() <= 6, `${asked()} times`);
});

t.test('a node that does not say its time', async (t) => {
  for (const says of ['soon', ';current_time']) {
    const { node, clocks } = await start(stoppedTime(), () => says);
    await t.rejects(clocks.now(node), { code: 'PROTOCOL' });
  }
  const { node } = await start(stoppedTime());
  await t.rejects(new NodeClocks('copy', stoppedTime()).now(node), { code: 'PROTOCOL' });
});

t.test('the end of a second is waited for', async (t) => {
  const time = stoppedTime();
  const { node, clocks } = await start(time);
  t.equal(await clocks.now(node), SECOND);
  time.at += 699;
  t.equal(await clocks.now(node), SECOND + 1);
  t.equal(time.slept.length, 1);
});

t.test('closing ends the wait', async (t) => {
  const time = stoppedTime();
  const { node, clocks } = await start(time);
  await clocks.now(node);
  time.at += 699;
  const { node: other } = await start(time, () => 5_000_000);
  clocks.close();
  await clocks.now(other);
  await clocks.now(node);
  t.strictSame(time.slept, []);
});

t.test('this machine’s time', async (t) => {
  const stop = new AbortController();
  const before = LOCAL_TIME.now();
  await LOCAL_TIME.sleep(1, stop.signal);
  const sleeping = LOCAL_TIME.sleep(1e6, stop.signal);
  stop.abort();
  await sleeping;
  t.ok(LOCAL_TIME.now() >= before);
});

/** A request with records that expire, but for the first, and what answers to it tell. */
const VOID_TIME = SECOND + 1000;
const request = new WriteRequest('batch', 10);
const builder = new BatchBuilder('test');
for (let row = 0; row < 6; row++) {
  builder.add({ key: row, voidTime: row === 0 ? 0 : VOID_TIME, bins: { a: 1 } });
}
const { bytes, offsets } = builder.build();
const encoder = new RowEncoder({ namespace: 'test' });
for (let index = 0; index < offsets.length; index += 2) {
  request.add(encoder, bytes, viewOf(bytes), offsets[index]!, offsets[index + 1]!);
}
const exchange = (offs: readonly number[], failure?: AsbError) => {
  const reply = new WriteReply();
  reply.begin('batch', request.rows);
  const answers = offs.map((off, index) => ({ row: index + 1, voidTime: VOID_TIME + off }));
  giveReply(reply, answerProto({ row: 0 }, ...answers));
  return { location: 'host:3000', request, reply, failure };
};

t.test('answers tell the time, where the record was to expire', async (t) => {
  const time = stoppedTime();
  const { node, clocks } = await start(time);
  t.equal(await clocks.now(node), SECOND);
  clocks.learn(node, exchange([5000, -5000]), SECOND, time.at);
  t.equal(await clocks.now(node), SECOND, 'void times of the server’s own tell nothing');
  clocks.learn(node, exchange([]), SECOND, time.at);
  t.equal(await clocks.now(node), SECOND, 'nothing expires');
  // Rows in the second before, and in the one after: a second ends just now.
  clocks.learn(node, exchange([0, 1, 5000, 0, 1]), SECOND, time.at);
  t.equal(await clocks.now(node), SECOND + 1);
  time.at += 980;
  t.equal(await clocks.now(node), SECOND + 1);
  time.at += 19;
  t.equal(await clocks.now(node), SECOND + 2);
});

t.test('how long a write takes is learnt from those that were answered', async (t) => {
  const time = stoppedTime();
  const { node, clocks } = await start(time);
  await clocks.now(node);
  clocks.learn(node, exchange([]), SECOND, time.at - 1);
  const lost = new AsbError('NETWORK', 'the node closed the connection');
  time.at += 690;
  clocks.learn(node, exchange([], lost), SECOND, time.at - 200);
  t.equal(await clocks.now(node), SECOND);
  clocks.learn(node, exchange([]), SECOND, time.at - 200);
  t.equal(await clocks.now(node), SECOND + 1);
});

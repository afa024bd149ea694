import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import t from 'tap';
import { generateRecords } from '../../lib/bench/data.ts';
import { Feed, Nowhere, Summing, sizeOf } from '../../lib/bench/streams.ts';
import type { RecordChunk } from '../../lib/record/chunk.ts';
import { stepGauge } from '../helpers/gauge.ts';

t.test('what is held goes by, and the memory is looked at', async (t) => {
  const gauge = stepGauge();
  const chunks = Array.from({ length: 5 }, () => Buffer.alloc(4 * 1024 * 1024));
  const feed = new Feed(chunks, gauge);
  const sink = new Nowhere();
  await pipeline(feed, sink);
  t.equal(sink.bytes, 20 * 1024 * 1024);
  // After 8 and 16 MiB, and at the end.
  t.equal(gauge.looks(), 3);
  feed.look();
  t.equal(feed.peakMemory, 1004);
});

t.test('what nobody wants: bytes and records are counted, and given back', async (t) => {
  let released = 0;
  const batches = [...generateRecords({ records: 5000 })];
  const module: RecordChunk = {
    kind: 'udf',
    language: 'LUA',
    name: 'a.lua',
    content: Buffer.alloc(3),
  };
  const chunks = batches.map((batch) => Object.assign(batch, { release: () => released++ }));
  const sink = new Nowhere();
  await pipeline(Readable.from([module, ...chunks]), sink);
  t.equal(sink.records, 5000);
  t.equal(
    sink.bytes,
    batches.reduce((sum, { bytes }) => sum + bytes.length, 0),
  );
  t.equal(released, batches.length);
  t.equal(sizeOf(module), 0);
});

t.test('a sum of all bytes', async (t) => {
  const sink = new Summing();
  await pipeline(Readable.from([Buffer.from('ab'), Buffer.from('c')]), sink);
  t.equal(sink.sum(), createHash('sha256').update('abc').digest('hex'));
});

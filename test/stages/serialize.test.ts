import t from 'tap';
import { BatchBuilder } from '../../lib/record/builder.ts';
import { serialize } from '../../lib/stages/serialize.ts';
import { through } from '../helpers/streams.ts';

const batch = (namespace = 'test') =>
  new BatchBuilder(namespace).add({ key: 1, bins: { a: 1 } }).build();
const HEADER = 'Version 3.1\n# namespace test\n# first-file\n';

t.test('record chunks in, text out', async (t) => {
  const stage = serialize({ namespace: 'test' });
  const text = Buffer.concat(await through([batch(), batch()], stage)).toString();
  t.ok(text.startsWith(`${HEADER}+ k I 1\n+ n test\n`));
  t.match(stage.info, { records: 2, indexes: 0, udfs: 0, version: '3.1', bytes: text.length });
});

t.test('no input: a header', async (t) => {
  t.equal(Buffer.concat(await through([], serialize({ namespace: 'test' }))).toString(), HEADER);
});

t.test('what the format cannot hold ends the stream', async (t) => {
  await t.rejects(through([batch('other')], serialize({ namespace: 'test' })), { code: 'FORMAT' });
});

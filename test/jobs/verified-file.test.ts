import { getEventListeners } from 'node:events';
import { Readable } from 'node:stream';
import t from 'tap';
import { FileVerifier } from '../../lib/jobs/verified-file.ts';
import { Census } from '../../lib/record/census.ts';
import { HEADER, RECORDS, TEXT } from '../helpers/asb-text.ts';
import { frame } from '../helpers/frames.ts';

const verifierOf = (source: Readable, signal = new AbortController().signal) => {
  const census = new Census(0);
  const file = { name: 'a.asb', location: 'out/a.asb', size: undefined, open: () => source };
  const namespaces = new Set<string>();
  const verifier = new FileVerifier(file, {
    signal,
    censusOf(namespace) {
      namespaces.add(namespace);
      return census;
    },
  });
  return { verifier, census, namespaces };
};

t.test('counts what is in a file', async (t) => {
  const { verifier, census, namespaces } = verifierOf(Readable.from([TEXT]));
  t.strictSame(verifier.progress, { records: 0, bytes: 0 });
  t.strictSame(await verifier.run(), {
    file: 'out/a.asb',
    bytes: TEXT.length,
    textBytes: TEXT.length,
    version: '3.1',
    namespace: 'test',
    records: RECORDS.length,
    indexes: 6,
    udfs: 1,
    failure: undefined,
  });
  t.strictSame(verifier.progress, { records: RECORDS.length, bytes: TEXT.length });
  t.equal(census.records, RECORDS.length);
  t.strictSame([...namespaces], ['test']);
});

t.test('a cut anywhere tells the records before it', async (t) => {
  for (let size = 51; size < TEXT.length; size += 7) {
    const chunks = [TEXT.subarray(0, 50), TEXT.subarray(50, size)].map((part) => frame(part));
    const { verifier, census } = verifierOf(Readable.from(chunks));
    const { failure, records, textBytes } = await verifier.run();
    if (failure !== undefined) {
      t.match(failure, { code: 'TRUNCATED', facts: { file: 'out/a.asb', offset: size } });
    }
    t.equal(census.records, records);
    t.equal(textBytes, size);
  }
});

t.test('tells what a file cannot be read for', async (t) => {
  const source = new Readable({
    read() {
      this.destroy(new Error('the disk is gone'));
    },
  });
  t.match(await verifierOf(source).verifier.run(), { failure: { message: 'the disk is gone' } });
});

t.test('leaves no listener behind, and stops with the signal', async (t) => {
  const controller = new AbortController();
  await verifierOf(Readable.from([HEADER]), controller.signal).verifier.run();
  t.equal(getEventListeners(controller.signal, 'abort').length, 0);
  const reason = new Error('enough');
  controller.abort(reason);
  await t.rejects(verifierOf(Readable.from([HEADER]), controller.signal).verifier.run(), reason);
});

import { createReadStream, readFileSync } from 'node:fs';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import t from 'tap';
import { UnitScanner } from '../lib/asb/unit-scanner.ts';
import { fromNdjson } from '../lib/stages/from-ndjson.ts';
import { serialize } from '../lib/stages/serialize.ts';
import { toNdjson } from '../lib/stages/to-ndjson.ts';

const NDJSON = new URL('../fixtures/records.ndjson', import.meta.url);
const ASB = new URL('../fixtures/records.asb', import.meta.url);

/** What comes out when the lines go through `stage`. */
const through = async (stage: NodeJS.ReadWriteStream): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  await pipeline(createReadStream(NDJSON), fromNdjson({ namespace: 'test' }), stage, sink);
  return Buffer.concat(chunks);
};

t.test('the lines give the text, to the byte', async (t) => {
  t.ok((await through(serialize({ namespace: 'test' }))).equals(readFileSync(ASB)));
});

t.test('and the same lines again', async (t) => {
  t.equal((await through(toNdjson())).toString(), readFileSync(NDJSON, 'utf8'));
});

t.test('the text is whole units of all kinds', async (t) => {
  const scanner = new UnitScanner();
  for await (const chunk of Readable.from([readFileSync(ASB)])) scanner.push(chunk);
  scanner.end();
  t.match(scanner, { records: 80, globals: 11 });
  t.equal(scanner.header?.version, '3.2');
});

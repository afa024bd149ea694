/** Every rule of the format: fixtures/format has texts, and beside each what is in it. */
import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import t from 'tap';
import { Parser } from '../../lib/asb/parser.ts';
import { UnitScanner } from '../../lib/asb/unit-scanner.ts';
import { splits } from '../helpers/asb-text.ts';
import { chunksOf, fromNdjson, itemsOf, parse, toNdjson, toText } from '../helpers/parsed.ts';

const DIRECTORY = fileURLToPath(new URL('../../fixtures/format', import.meta.url));
const FIXTURES = globSync('*.asb', { cwd: DIRECTORY }).map((name) => basename(name, '.asb'));

/** Where the namespace is another than `test`. */
const NAMESPACES: Readonly<Record<string, string>> = {
  'version-3.0': 'te\\st',
  'meta-twice': 'te st',
  names: 'a b',
};

t.ok(FIXTURES.length > 10);
for (const name of FIXTURES) {
  const text = readFileSync(`${DIRECTORY}/${name}.asb`);
  const lines = readFileSync(`${DIRECTORY}/${name}.ndjson`, 'utf8');
  const namespace = NAMESPACES[name] ?? 'test';

  t.test(name, async (t) => {
    t.equal(toNdjson(chunksOf(text)), lines, 'holds what the lines say');
    for (const chunk of chunksOf(text)) {
      if (chunk.kind === 'records') {
        for (const record of chunk) t.equal(record.namespace, namespace);
      } else if (chunk.kind === 'index') t.equal(chunk.namespace, namespace);
    }

    const { items, info, error } = parse([text]);
    t.equal(error, undefined);
    const { records, indexes, udfs } = info;
    const readings = [...splits(text)].map((chunks) => parse(chunks));
    const other = readings.find((reading) => !isDeepStrictEqual(reading.items, items));
    t.strictSame(other, undefined, 'and so at every split');
    for (const reading of readings) t.match(reading.info, { records, indexes, udfs });

    const scanner = new UnitScanner();
    scanner.push(text);
    scanner.end();
    t.equal(scanner.records, info.records);
    t.equal(scanner.globals, info.indexes + info.udfs);
    t.equal(scanner.header?.version, info.header?.version);
    t.ok(text.subarray(8, 11).equals(Buffer.from(String(info.header?.version))));
  });

  // Text is written with `nan`: absctl reads no other.
  if (name === 'numbers-nan-sign') continue;
  t.test(`${name}: written from its lines, it is the same again`, async (t) => {
    const wanted = itemsOf(chunksOf(text));
    for (const compact of [false, true]) {
      const written = toText(fromNdjson(lines, namespace), { namespace, compact });
      const again = parse([written]);
      t.equal(again.error, undefined);
      t.strictSame(again.items, wanted);
    }
  });
}

t.test('names and strings of every byte', async (t) => {
  for (let byte = 0; byte < 256; byte++) {
    const name = Buffer.of(0x61, 0x5c, byte, 0x62);
    const head = Buffer.from('+ n test\n+ d AAECAwQFBgcICQoLDA0ODxAREhM=\n+ s ');
    const record = Buffer.concat([
      Buffer.from('Version 3.1\n# namespace test\n+ k S 3 a'),
      Buffer.of(byte, 0x62, 0x0a),
      head,
      name,
      Buffer.from('\n+ g 1\n+ t 0\n+ b 1\n- S '),
      name,
      Buffer.from(' 3 a'),
      Buffer.of(byte, 0x62, 0x0a),
    ]);
    const bytes = Buffer.of(0x61, byte, 0x62);
    for (const chunks of [[record], Array.from(record, (one) => Buffer.of(one))]) {
      const parser = new Parser();
      const [batch, ...more] = [...chunks.flatMap((chunk) => parser.push(chunk)), ...parser.end()];
      if (batch?.kind !== 'records' || more.length > 0) throw new Error('one record was wanted');
      const [first] = batch;
      const [bin] = first!.binList();
      const found = [first!.setBytes, first!.userKey!.bytes, bin!.nameBytes, bin!.bytes];
      if (!found.every((part) => bytes.equals(part))) t.strictSame(found, Array(4).fill(bytes));
    }
  }
});

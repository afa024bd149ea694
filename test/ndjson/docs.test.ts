/** What docs/ndjson.md shows is what is read and written. */
import { readFileSync } from 'node:fs';
import t from 'tap';
import { NdjsonReader } from '../../lib/ndjson/reader.ts';
import { NdjsonWriter } from '../../lib/ndjson/writer.ts';

const text = readFileSync(new URL('../../docs/ndjson.md', import.meta.url), 'utf8');

const again = (line: string): unknown => {
  const reader = new NdjsonReader({ namespace: 'test' });
  const writer = new NdjsonWriter();
  const chunks = [...reader.push(line), ...reader.end()];
  return JSON.parse(Buffer.concat(chunks.flatMap((chunk) => writer.write(chunk))).toString());
};

t.test('its lines are read, and written again with what was left out', async (t) => {
  const lines = [...text.matchAll(/```json\n([^`]+)```/g)].flatMap(([, block]) =>
    block!.trim().split('\n'),
  );
  t.ok(lines.length > 5);
  for (const line of lines) t.match(again(line), JSON.parse(line));
});

t.test('its tags are the tags', async (t) => {
  const values = [...text.matchAll(/`(\{"\$.*?\})`/g)].map(([, value]) => value!);
  t.ok(values.length > 12);
  for (const value of values.filter((value) => !value.includes('…'))) {
    const bin = value.startsWith('{"$particle"') ? value : `[${value}]`; // which no list holds
    t.doesNotThrow(() => again(`{"key":1,"bins":{"a":${bin}}}`), value);
  }
});

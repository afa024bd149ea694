import t from 'tap';
import { storedGeoJson } from '../../lib/sandbox/geojson.ts';

const POINT = '{"type": "Point", "coordinates": [8.5, 47.4]}';

const particle = (cells: number, text: string): Buffer =>
  Buffer.concat([
    Buffer.of(1, cells >> 8, cells & 255),
    Buffer.alloc(cells * 8, 7),
    Buffer.from(text),
  ]);

// Each as a server 8.1 answered it, for which `undefined` is result 160.
const ROWS: readonly (readonly [what: string, bytes: Buffer, text: string | undefined])[] = [
  ['no cells', particle(0, POINT), POINT],
  ['two cells', particle(2, POINT), POINT],
  [
    'a feature',
    particle(0, `{"type":"Feature","geometry":${POINT}}`),
    `{"type":"Feature","geometry":${POINT}}`,
  ],
  ['nothing', Buffer.alloc(0), undefined],
  ['too short for its head', Buffer.alloc(2), undefined],
  ['too short for its cells', particle(9, '').subarray(0, 40), undefined],
  ['no JSON', particle(0, 'abc'), undefined],
  ['a number', particle(0, '5'), undefined],
  ['null', particle(0, 'null'), undefined],
  ['no type', particle(0, '{}'), undefined],
  ['no coordinates', particle(0, '{"type":"Point"}'), undefined],
  [
    'a shape that the server does not take',
    particle(0, '{"type":"MultiPoint","coordinates":[[1,2]]}'),
    undefined,
  ],
  ['a feature of nothing', particle(0, '{"type":"Feature"}'), undefined],
];

for (const [what, bytes, text] of ROWS) {
  const stored = storedGeoJson(bytes);
  t.strictSame(
    stored,
    text === undefined ? text : Buffer.concat([Buffer.alloc(3), Buffer.from(text)]),
    what,
  );
}

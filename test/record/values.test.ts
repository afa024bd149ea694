import t from 'tap';
import { Double, GeoJson } from '../../lib/record/values.ts';

t.test('values of their own classes read as what they stand for', async (t) => {
  t.equal(Number(new Double(5)), 5);
  t.equal(`${new GeoJson('{"type":"Point"}')}`, '{"type":"Point"}');
});

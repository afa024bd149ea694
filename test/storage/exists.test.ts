import t from 'tap';
import {
  fileExists,
  firstInTheWay,
  foreignExists,
  othersExist,
  stateExists,
  uploadExists,
} from '../../lib/storage/exists.ts';

t.test('names what exists', async (t) => {
  for (const make of [fileExists, stateExists, foreignExists, othersExist, uploadExists]) {
    t.match(make('out/a'), { code: 'EXISTS', facts: { file: 'out/a' } });
  }
  t.match(stateExists('out/a').message, '--continue out/a', 'what can be done');
});

t.test('what is in the way tells most by its state', async (t) => {
  const inTheWay = (...names: string[]) => firstInTheWay(names, (name) => `out/${name}`);
  t.equal(inTheWay(), undefined);
  for (const [names, file] of [
    [['b.asb', 'a.asb'], 'a.asb'],
    [['a_100000.asb', 'a_99999.asb'], 'a_99999.asb'],
    [['a.asb', 'z.asb.state', 'b.manifest.json'], 'z.asb.state'],
  ] as const) {
    t.match(inTheWay(...names), { code: 'EXISTS', facts: { file: `out/${file}` } });
  }
});

import t from 'tap';
import { type ColourVariables, coloured, hasColours } from '../../lib/cli/colours.ts';

t.test('colours are for terminals, and for who forces them', (t) => {
  const cases: [ColourVariables, boolean, boolean][] = [
    [{}, true, true],
    [{}, false, false],
    [{ TERM: 'xterm' }, true, true],
    [{ TERM: 'dumb' }, true, false],
    [{ NO_COLOR: '1' }, true, false],
    [{ NO_COLOR: '0' }, true, false],
    [{ NO_COLOR: '' }, true, true],
    [{ FORCE_COLOR: '1' }, false, true],
    [{ FORCE_COLOR: '' }, false, true],
    [{ FORCE_COLOR: '0' }, true, false],
    [{ FORCE_COLOR: 'false' }, true, false],
    [{ FORCE_COLOR: '1', NO_COLOR: '1', TERM: 'dumb' }, false, true],
  ];
  for (const [variables, isTerminal, expected] of cases) {
    t.equal(
      hasColours(variables, isTerminal),
      expected,
      `${JSON.stringify(variables)} ${isTerminal}`,
    );
  }
  t.end();
});

t.test('a look ends where the words do', (t) => {
  t.equal(coloured('red', 'no'), '\u001b[31mno\u001b[39m');
  t.equal(coloured('dim', 'by the way'), '\u001b[2mby the way\u001b[22m');
  t.end();
});

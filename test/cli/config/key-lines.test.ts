import t from 'tap';
import { KeyLines } from '../../../lib/cli/config/key-lines.ts';

const TEXT = `# a comment
loose = 1
[cluster]
host = "there" # "x" = 1
  "port" = 3000

[ a . 'b c' ] # comment
d.e = { f = 1 }
text = """
[no]
header = 1
"""
after = '''one line'''
[[list]]
'' = 1
x = [
  1,
]
`;

t.test('lines of keys', (t) => {
  const lines = new KeyLines(TEXT);
  const rows: readonly [readonly string[], number | undefined][] = [
    [['loose'], 2],
    [['cluster'], 3],
    [['cluster', 'host'], 4],
    [['cluster', 'port'], 5],
    [['a', 'b c'], 7],
    [['a', 'b c', 'd', 'e'], 8],
    [['a', 'b c', 'd', 'e', 'f'], 8],
    [['a', 'b c', 'text'], 9],
    [['a', 'b c', 'after'], 13],
    [['list'], 14],
    [['list', ''], 15],
    [['list', 'x'], 16],
    [['cluster', 'nothing'], 3],
    [['no'], undefined],
    [['no', 'header'], undefined],
  ];
  for (const [path, line] of rows) t.equal(lines.lineOf(path), line, path.join('.'));
  t.end();
});

import { readdirSync } from 'node:fs';
import { Writable } from 'node:stream';
import t from 'tap';
import { benchCommand } from '../../../lib/cli/commands/bench.ts';
import { Given } from '../../../lib/cli/given.ts';
import { Output } from '../../../lib/cli/output.ts';
import { run, shell } from '../../helpers/asb.ts';
import { TEXT } from '../../helpers/asb-text.ts';
import { runHere } from '../../helpers/in-process.ts';
import { ownS3Target } from '../../helpers/s3/target.ts';

const FEW = ['--records', '300', '--repeats', '1'];

const jsonOf = async (...args: string[]) => {
  const { code, stdout, stderr } = await run(['bench', ...args, '--json']);
  if (code !== 0) throw new Error(stderr);
  t.equal(stdout.toString().split('\n').length, 2, 'one line');
  return JSON.parse(stdout.toString());
};

t.test('stages by themselves, as a table', async (t) => {
  const { code, stdout, stderr } = await run(['bench', 'serialize', 'parse', 'to-ndjson', ...FEW]);
  t.match({ code, stderr }, { code: 0, stderr: '' });
  t.match(
    stdout.toString(),
    /^300 records generated, .*\n\n +records\/s .*\nserialize .*\nparse .*\nto-ndjson .*\n/,
  );
});

t.test('a chain, two settings, for programs; the same data from the same seed', async (t) => {
  const chain = ['pipeline', 'serialize', 'compress', 'rotate'];
  const cwd = t.testdir();
  const options = [
    '--sets',
    '2',
    '--key-type',
    'string',
    '--bins',
    '9',
    '--bin-types',
    'blob,bool,map',
  ];
  const all = [...chain, ...FEW, ...options, '--blob-size', '500', '--string-size', '9'];
  const report = await jsonOf(
    ...all,
    '--level',
    '9',
    '--vs',
    '--level 1 --frame-size 1',
    '-d',
    `${cwd}/out`,
    '--memory',
    '5',
  );
  t.match(report, {
    version: 1,
    repeats: 1,
    input: { source: 'generated', records: 300, isCut: false },
    chains: [
      {
        stages: ['serialize', 'compress', 'rotate'],
        takes: 'records',
        gives: 'frames',
        sides: [{ settings: { level: 9 } }, { settings: { level: 1, frameSize: 1024 * 1024 } }],
        comparison: { speed: { verdict: 'too few pairs' } },
      },
    ],
  });
  t.strictSame(readdirSync(`${cwd}/out`), []);
  const again = await jsonOf('parse', ...all.slice(chain.length));
  t.equal(again.input.sha256, report.input.sha256);
  const other = await jsonOf('parse', ...all.slice(chain.length), '--seed', '2');
  t.not(other.input.sha256, report.input.sha256);
});

t.test('a file, a directory, and standard input', async (t) => {
  const cwd = t.testdir({ 'test.asb': TEXT, dir: { 'a.asb': TEXT } });
  const sums = new Set<string>();
  for (const line of [
    'asb bench parse --json --repeats 1 --input test.asb',
    'asb bench serialize --json --repeats 1 -i dir',
    'asb cat dir | asb bench compress --json --repeats 1 --input -',
    'asb compress < test.asb | asb bench from-ndjson --json --repeats 1 --input - -v',
  ]) {
    const { code, stdout, stderr } = await shell(line, { cwd });
    t.equal(code, 0, stderr);
    const { input } = JSON.parse(stdout.toString());
    t.match(input, { source: 'read', records: 7 }, line);
    sums.add(input.sha256);
  }
  t.equal(sums.size, 1);
});

t.test('what is more than the memory is left out, and told', async (t) => {
  const { said, error } = await runHere([
    'bench',
    'encrypt',
    '--records',
    '20000',
    '--memory',
    '1',
    '--repeats',
    '1',
  ]);
  t.equal(error, undefined);
  t.match(said, [/^note: measured on the first [\d,]+ records, .*--memory holds more/]);
});

t.test('advice, in words and for programs', async (t) => {
  const cwd = t.testdir();
  const few = ['bench', '--advise', '--records', '300', '--seconds', '1', '-d', `${cwd}/out`];
  const { code, stdout, stderr } = await run([...few, '-v']);
  t.equal(code, 0, stderr);
  t.match(stderr, /trying how fast the place is\n.*trying levels\n/);
  t.match(
    stdout.toString(),
    /\n {2}asb backup -n NAMESPACE -d \S+ -z zstd --compression-level -?\d+\n {2}asb compress .*\n$/,
  );
  const json = await run([...few, '--json']);
  t.match(JSON.parse(json.stdout.toString()), {
    version: 1,
    input: { records: 300 },
    best: { level: Number, frameSize: Number, concurrency: Number },
    levels: { tried: [{ settings: { level: 3 }, runs: Number }] },
    place: { bytesPerSecond: Number },
  });
  t.strictSame(readdirSync(`${cwd}/out`), []);
});

t.test('an upload to S3, of which nothing stays', async (t) => {
  const target = await ownS3Target(t);
  const { code, stdout, stderr } = await run(
    [
      ...[
        'bench',
        'pipeline',
        'compress',
        'upload',
        ...FEW,
        '--json',
        '-d',
        `s3://${target.bucket}/b`,
      ],
      ...['--s3-endpoint-override', target.endpoint, '--s3-min-part-size', '5'],
    ],
    { env: target.env },
  );
  t.equal(code, 0, stderr);
  t.match(JSON.parse(stdout.toString()).chains[0].sides[0], {
    settings: { minPartSize: 5 * 1024 * 1024 },
    bytesOut: Number,
  });
  t.equal(target.server.object(target.bucket, 'b/asb-bench.asb'), undefined);
});

t.test('on a terminal it is seen how far it is', async (t) => {
  const rows: readonly [string[], [string, string][], drawn: string[]][] = [
    [['parse'], [['repeats', '2']], [1, 2, 3, 4].map((run) => `measuring parse, run ${run} of 4`)],
    [
      [],
      [
        ['advise', ''],
        ['seconds', '1'],
      ],
      ['levels', 'sizes of frames', 'frames at a time'].map((what) => `trying ${what}`),
    ],
  ];
  for (const [operands, options, expected] of rows) {
    const drawn: string[] = [];
    await benchCommand.run(new Given(new Map([['records', '100'], ...options]), operands), {
      signal: new AbortController().signal,
      verbose: true,
      columns: 30,
      input: () => process.stdin,
      output: () => new Output(new Writable({ write: (_chunk, _encoding, done) => done() })),
      say: (line) => t.fail(line),
      draw: (bytes) => void drawn.push(bytes),
      answer: () => {},
    });
    const lines = expected.map((line) => `\r${line.slice(0, 29)}\x1b[K`);
    t.strictSame(drawn, [...lines, '\r\x1b[K']);
  }
});

t.test('what has no meaning', async (t) => {
  const rows = [
    '',
    'pipeline',
    'rotat',
    'sertialize-me-now',
    'parse --level 3',
    'parse --vs --level=1',
    'compress --vs 1',
    'pipeline compress parse',
    'upload',
    'parse --bin-types integer,word',
    'parse --input x --records 5',
    'parse --seconds 5',
    'parse --s3-min-part-size 8',
    'serialize --advise',
    '--advise --level 3',
    '--advise --vs --compact',
    '--advise --repeats 3',
  ];
  for (const line of rows) {
    const { error } = await runHere(['bench', ...line.split(' ').filter((word) => word !== '')]);
    t.match(error, { code: 'USAGE' }, line);
  }
  t.match((await runHere(['bench', 'parse', '--input', t.testdirName, '--repeats', '1'])).error, {
    code: 'NOT_FOUND',
  });
});

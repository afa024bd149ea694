import t from 'tap';
import { insteadOf } from '../../lib/cli/foreign.ts';
import { runHere } from '../helpers/in-process.ts';

t.test('what to do instead of an option that only others have', (t) => {
  const cases: [string, RegExp | undefined][] = [
    ['gcp-key-path', /Google/],
    ['azure-endpoint', /Azure/],
    ['s3-bucket-name', /s3:\/\//],
    ['s3-tier', /restore-object/],
    ['config', /--config-file/],
    ['config-files', undefined],
    ['gcp', undefined],
    ['namespace', undefined],
  ];
  for (const [name, expected] of cases) {
    if (expected === undefined) t.equal(insteadOf(name), undefined, name);
    else t.match(insteadOf(name), expected, name);
  }
  t.end();
});

t.test('the command line tells it', async (t) => {
  const { error } = await runHere(['backup', '-n', 'test', '--gcp-bucket-name', 'vault']);
  t.match(error, { code: 'USAGE', facts: { expected: insteadOf('gcp-bucket-name') } });
});

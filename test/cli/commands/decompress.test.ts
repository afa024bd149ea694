import { zstdCompressSync } from 'node:zlib';
import t from 'tap';
import { run } from '../../helpers/asb.ts';

const frame = (content: string): Buffer => zstdCompressSync(content);

t.test('frames come in, what they hold goes out', async (t) => {
  const input = Buffer.concat([frame('Version 3.1\n'), frame(''), frame('# namespace test\n')]);
  const outcome = await run(['decompress'], { input });
  t.match(outcome, { code: 0, stderr: '' });
  t.equal(outcome.stdout.toString(), 'Version 3.1\n# namespace test\n');
});

t.test('what is wrong is said', async (t) => {
  const whole = frame('Version 3.1\n');
  for (const input of [
    '',
    'Version 3.1\n',
    whole.subarray(0, -1),
    Buffer.concat([whole, Buffer.from('tail')]),
  ]) {
    t.match(await run(['decompress'], { input }), { code: 1, stderr: /^asb decompress: / });
  }
});

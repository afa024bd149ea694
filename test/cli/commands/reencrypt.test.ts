import { join } from 'node:path';
import t from 'tap';
import { run } from '../../helpers/asb.ts';
import { HEADER, manyRecords } from '../../helpers/asb-text.ts';
import { RAW, writeKey } from '../../helpers/keys.ts';

const TEXT = Buffer.concat([HEADER, ...manyRecords(100)]);

t.test('encrypted, with another key, and plain', async (t) => {
  const cwd = t.testdir({ 'test.asb': TEXT });
  writeKey(join(cwd, 'new.pem'));
  const env = { OLD: RAW };
  const [old, next] = ['--encryption-key-env OLD', '--encryption-key-file new.pem'];
  const rows = [
    ['reencrypt test.asb --new-encrypt aes128 --new-encryption-key-env OLD -d one', ''],
    [
      `reencrypt one -y aes128 ${old} --new-encrypt aes256 --new-encryption-key-file new.pem -o two`,
      '',
    ],
    [`verify two -y aes256 ${next}`, ''],
    // What is written from an encrypted backup is so, too.
    [`recompress two -y aes256 ${next} -z none -o three`, ''],
    [`verify three -y aes256 ${next}`, ''],
    [`reencrypt three -y aes256 ${next} --new-encrypt none`, TEXT],
    [`recompress three -y aes256 ${next} -z none`, TEXT],
  ] as const;
  for (const [line, stdout] of rows) {
    const outcome = await run(line.split(' '), { cwd, env });
    t.equal(outcome.code, 0, `${line}: ${outcome.stderr}`);
    if (stdout !== '') t.same(outcome.stdout, stdout, line);
  }
  t.match(await run(['verify', 'three'], { cwd }), { code: 1, stderr: /encrypt/ });
  const wrong = await run(`verify three -y aes256 ${old}`.split(' '), { cwd, env });
  t.match(wrong, { code: 1 });
});

t.test('what has no meaning', async (t) => {
  const cwd = t.testdir({ 'test.asb': TEXT });
  const rows: readonly [string, number, RegExp][] = [
    ['-d out', 2, /--new-encrypt is needed/],
    ['--new-encrypt aes128 -d out', 2, /--new-encryption-key-file or --new-encryption-key-env/],
    [
      '--new-encrypt none --new-encryption-key-env K -d out',
      2,
      /no meaning with --new-encrypt none/,
    ],
    ['--new-encrypt aes128 --new-encryption-key-env K', 2, /asb encrypt is for pipes/],
    ['--new-encrypt aes128 --new-encryption-key-env K -o -', 2, /asb encrypt is for pipes/],
    ['--new-encrypt aes128 --new-encryption-key-env NOT_THERE -o out', 1, /NOT_THERE is not set/],
  ];
  for (const [line, code, stderr] of rows) {
    const args = ['reencrypt', 'test.asb', ...line.split(' ')];
    t.match(await run(args, { cwd, env: { K: RAW } }), { code, stderr }, line);
  }
});

/** Names that would lead elsewhere, as somebody may put them into a backup: none becomes a path. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import t from 'tap';
import { backup } from '../../lib/jobs/backup.ts';
import { rotate } from '../../lib/stages/rotate.ts';
import { commandStorage } from '../../lib/storage/command.ts';
import { directory } from '../../lib/storage/directory.ts';
import { run } from '../helpers/asb.ts';
import { HEADER } from '../helpers/asb-text.ts';

const ODD_NAMES = ['../x', '/x', '..', 'a/../../x', 'a\0b', 'a\nb', 'x'.repeat(300)];

/** All that is in a directory and below it. */
const treeOf = (place: string): string[] =>
  readdirSync(place, { recursive: true }).map(String).sort();

t.test('prefixes of files', async (t) => {
  const place = t.testdir({ out: {} });
  const out = join(place, 'out');
  for (const name of ODD_NAMES.filter((odd) => odd !== '..')) {
    const told = { code: 'USAGE', facts: { file: out } };
    for (const storage of [directory(out), commandStorage('cat > "$FILE"', out)]) {
      const rotated = pipeline(Readable.from([HEADER]), rotate({ storage, name }));
      await t.rejects(rotated, told, JSON.stringify(name));
    }
    // Before anybody is asked for records.
    const job = backup({
      seeds: [{ host: '127.0.0.1', port: 1 }],
      namespace: name,
      directory: out,
    });
    await t.rejects(job.done, told, JSON.stringify(name));
  }
  t.strictSame(treeOf(place), ['out']);
});

t.test('namespaces, sets, UDF modules and indexes of a backup that is cut anew', async (t) => {
  const escaped = (name: string): string => name.replace(/[ \\\n]/g, '\\$&');
  for (const name of ODD_NAMES) {
    const odd = escaped(name);
    const text = [
      `Version 3.1\n# namespace ${odd}\n# first-file\n`,
      `* u L ${odd} 4 --\n\n\n`,
      `* i ${odd} ${odd} ${odd} N 1 ${odd} N\n`,
      `+ k I 1\n+ n ${odd}\n+ d AAECAwQFBgcICQoLDA0ODxAREhM=\n+ s ${odd}\n+ g 1\n+ t 0\n+ b 0\n`,
    ].join('');
    const place = t.testdir({ in: {} });
    const { code, stderr } = await run(['rotate', '-d', join(place, 'in', 'out')], { input: text });
    // What no namespace may be called may be refused, too.
    const files = code === 0 ? ['backup_00000.asb'] : [];
    t.ok(code === 0 || /^asb rotate: /.test(stderr), JSON.stringify(name));
    t.match(
      treeOf(place).join(),
      ['in', 'in/out', ...files.map((file) => `in/out/${file}`)].join(),
    );
    t.strictSame(readdirSync(place), ['in'], JSON.stringify(name));
  }
});

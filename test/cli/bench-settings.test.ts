import t from 'tap';
import type { BenchStage } from '../../lib/bench/chain.ts';
import type { BenchSettings } from '../../lib/bench/settings.ts';
import { benchSettings, otherSettings } from '../../lib/cli/bench-settings.ts';
import { Given } from '../../lib/cli/given.ts';

const MIB = 1024 * 1024;
const PACKED: readonly (readonly BenchStage[])[] = [['serialize', 'compress', 'rotate']];
const SEALED: readonly (readonly BenchStage[])[] = [['encrypt']];

t.test('settings as they stand on a command line', async (t) => {
  const rows: readonly [string, BenchSettings, (readonly (readonly BenchStage[])[])?][] = [
    ['--level 1', { level: 1 }],
    ['-l 1', { level: 1 }],
    ['-l-5', { level: -5 }],
    ['--level=9 --frame-size 8 ', { level: 9, frameSize: 8 * MIB }],
    ['--concurrency 4 --compact', { concurrency: 4, compact: true }],
    ['-C', { compact: true }],
    ['--compact=true', { compact: true }],
    ['--compact=false', { compact: false }],
    ['--compact=false --compact', { compact: true }],
    ['-F 10 -y aes128', { fileLimit: 10 * MIB, encrypt: 'aes128' }],
    ['--s3-chunk-size 8 --s3-max-async-uploads 2', { minPartSize: 8 * MIB, maxAsyncUploads: 2 }],
    ['--mode aes256', { mode: 'aes256' }, SEALED],
  ];
  for (const [text, settings, chains = PACKED] of rows) {
    t.strictSame(otherSettings(text, chains), settings, text);
  }
});

t.test('what is no setting, or none of these stages', async (t) => {
  const rows = [
    ['', PACKED],
    ['1', PACKED],
    ['--records 5', PACKED],
    ['--level', PACKED],
    ['--level 99', PACKED],
    ['--compact=no', PACKED],
    ['--mode aes128', PACKED],
    ['--level 1', SEALED],
  ] as const;
  for (const [text, chains] of rows) {
    t.throws(() => otherSettings(text, chains), { code: 'USAGE' }, text);
  }
  t.throws(() => otherSettings('-C', [['parse', 'compress']]), { code: 'USAGE' });
});

t.test('what a config file says counts where it has a meaning', async (t) => {
  const given = new Given(
    new Map([
      ['level', '7'],
      ['mode', 'aes256'],
    ]),
    [],
    new Map([['mode', { file: 'asb.toml', line: 1 }]]),
  );
  t.strictSame(benchSettings(given, PACKED), { level: 7, mode: 'aes256' });
  t.strictSame(benchSettings(new Given(new Map()), PACKED), {});
});

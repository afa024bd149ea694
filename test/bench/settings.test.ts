import t from 'tap';
import { type BenchStage, chainOf } from '../../lib/bench/chain.ts';
import { inputSettingsOf, settingsFor, settingsOf } from '../../lib/bench/settings.ts';

t.test('what a chain goes by, and what goes into it', async (t) => {
  const rows: readonly [readonly BenchStage[], all: string, input: string][] = [
    [['serialize'], 'compact', ''],
    [['parse'], 'compact', 'compact'],
    [['compress'], 'compact level frameSize concurrency', 'compact'],
    [['decompress'], 'compact level frameSize', 'compact level frameSize'],
    [['to-ndjson'], '', ''],
    [['decrypt', 'parse'], 'mode compact', 'mode compact'],
    [['decrypt', 'decompress'], 'mode compact level frameSize', 'mode compact level frameSize'],
    [['rotate'], 'compact fileLimit encrypt minPartSize maxAsyncUploads', 'compact'],
  ];
  for (const [stages, all, input] of rows) {
    t.equal(settingsOf(chainOf(stages)).join(' '), all);
    t.equal(inputSettingsOf(chainOf(stages)).join(' '), input);
  }
});

t.test('what has no meaning for a chain is left out', async (t) => {
  const settings = { level: 1, mode: 'aes256', compact: true } as const;
  t.strictSame(settingsFor(chainOf(['compress']), settings), { level: 1, compact: true });
  t.strictSame(settingsFor(chainOf(['to-ndjson']), settings), {});
});

import t from 'tap';
import { profilePage } from '../../../lib/cli/profile-page/page.ts';
import { STAGE_COLOURS } from '../../../lib/cli/profile-page/style.ts';
import type { PipelineProfile } from '../../../lib/meter/pipeline-profile.ts';

const MIB = 1024 * 1024;

const stageOf = (name: string, more: object = {}) => ({
  name,
  itemsIn: 0,
  itemsOut: 0,
  bytesIn: 0,
  bytesOut: 0,
  busy: 0,
  running: 0,
  waiting: 0,
  held: 0,
  ...more,
});

const seriesOf = (name: string, more: object = {}) => {
  const zero = [0, 0, 0];
  const rest = { bytesIn: zero, bytesOut: zero, busy: zero, waiting: zero, held: zero };
  return { name, itemsIn: zero, itemsOut: zero, ...rest, ...more };
};

const PROFILE: PipelineProfile = {
  format: 'asb-profile',
  version: 1,
  title: 'asb backup',
  begun: '2026-11-23T16:06:24.123Z',
  elapsed: 1000,
  thread: 0.92,
  failure: null,
  stages: [
    stageOf('scan', { itemsOut: 12_345, bytesOut: 3 * MIB, waiting: 400, held: 600 }),
    stageOf('serialize', { itemsIn: 12_345, itemsOut: 7, bytesIn: 3 * MIB, busy: 1000 }),
  ],
  limit: { stage: 'serialize', by: 'stage', share: 1, before: { stage: 'scan', held: 0.6 } },
  samples: {
    time: [0, 250, 1000],
    stages: [
      seriesOf('scan', { bytesOut: [0, MIB, 3 * MIB], held: [0, 100, 600] }),
      seriesOf('serialize', { bytesIn: [0, MIB, 3 * MIB], busy: [0, 250, 1000] }),
    ],
  },
};

t.test('it tells what there is to tell', async (t) => {
  const page = profilePage(PROFILE);
  t.match(page, '<p class="quiet">2026-11-23 16:06:24 UTC · took 1.0 s · main thread at work 92 %');
  t.match(
    page,
    '<strong>Limited by serialize</strong>Busy 100 % of the time; scan before it is held',
  );
  t.match(page, 'aria-label="scan: busy 0 %, held 60 %, waiting 40 %"');
  t.match(
    page,
    '<td>–</td><td>12,345</td><td>–</td><td>3.0 MiB</td><td>3.0 MiB/s</td><td>0 %</td>',
  );
  t.match(page, 'scan: throughput over time, 3.0 MiB/s on average, at most 4.0 MiB/s');
  t.match(page, '<span class="scale" aria-hidden="true">5 MiB/s</span>');
  t.match(
    page,
    '<span>0.0 s</span><span>0.3 s</span><span>0.5 s</span><span>0.8 s</span><span>1.0 s',
  );
  for (const [index] of PROFILE.stages.entries()) t.match(page, STAGE_COLOURS[index]?.[0]);
  const moments = /id="moments">(.*)<\/script>/.exec(page)?.[1] ?? '';
  t.strictSame(JSON.parse(moments), {
    times: [0, 250, 1000],
    stages: [
      ['4.0 MiB/s · busy 0 % · held 40 %', '2.7 MiB/s · busy 0 % · held 67 %'],
      ['4.0 MiB/s · busy 100 % · held 0 %', '2.7 MiB/s · busy 100 % · held 0 %'],
    ],
  });
});

t.test('it stands alone', async (t) => {
  const page = profilePage(PROFILE);
  t.match(page, "default-src 'none'");
  t.notMatch(page, /https?:|<link|<img|\ssrc=|@import|url\((?!#)/);
});

t.test('names and failures are words, and nothing else', async (t) => {
  const evil = '<b a="&">';
  const page = profilePage({
    ...PROFILE,
    title: evil,
    failure: { code: 'FORMAT', message: evil },
    stages: PROFILE.stages.map((stage) => ({ ...stage, name: evil })),
    samples: { ...PROFILE.samples, stages: [seriesOf(evil), seriesOf(evil)] },
  });
  t.notMatch(page, '<b a');
  t.match(page, '<h1>&lt;b a=&quot;&amp;&quot;&gt;</h1>');
  t.match(page, /<strong>It failed<\/strong> \(FORMAT\): &lt;b/);
  const bare = { ...PROFILE, failure: { code: null, message: 'gone' } };
  t.match(profilePage(bare), '<strong>It failed</strong>: gone');
});

t.test('what was over at once has no plots, and what never began no limit', async (t) => {
  const page = profilePage({
    ...PROFILE,
    elapsed: 0,
    limit: null,
    stages: [stageOf('scan')],
    samples: { time: [0, 0], stages: [seriesOf('scan')] },
  });
  t.notMatch(page, /Limited|Throughput over time|<script|NaN/);
  t.match(page, '<b>0 %</b> busy');
  const samples = { time: [0, 5], stages: [] };
  t.notMatch(profilePage({ ...PROFILE, stages: [], samples }), /Throughput over time|NaN/);
});

t.test('a long one has ticks of whole seconds, and colours begin anew', async (t) => {
  const names = Array.from({ length: STAGE_COLOURS.length + 1 }, (_, index) => `stage-${index}`);
  const page = profilePage({
    ...PROFILE,
    stages: names.map((name) => stageOf(name)),
    samples: { time: [0, 50_000, 100_000], stages: names.map((name) => seriesOf(name)) },
  });
  t.match(page, '<span>0 s</span><span>25 s</span><span>50 s</span><span>75 s</span><span>100 s');
  const [first] = STAGE_COLOURS;
  t.equal(page.match(new RegExp(`<h3 style="--stage:light-dark\\(${first?.[0]}`, 'g'))?.length, 4);
});

import type { StageFigures } from '../../meter/figures.ts';
import { limitWords, spanOf } from '../../meter/limit.ts';
import type { PipelineProfile } from '../../meter/pipeline-profile.ts';
import { throughputOf } from '../../meter/table.ts';
import { formatBytes, formatCount, formatDuration } from '../format.ts';
import { SCRIPT } from './script.ts';
import { areaOf, axisEnd, type Interval, intervalsOf, lineOf, PLOT } from './series.ts';
import { STAGE_COLOURS, STYLE } from './style.ts';

/** Nothing of it comes from elsewhere, and nothing goes there. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

/** Ticks of the axis of time. */
const TICKS = 5;

/** A profile as a page that stands alone: its text, pictures, style and script in one file. */
export const profilePage = (profile: PipelineProfile): string => {
  const { title, stages, samples } = profile;
  const series = samples.stages.map((stage) => intervalsOf(samples, stage));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<title>${escaped(`${title}: profile`)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
<p class="quiet">${escaped(whenOf(profile))}</p>
${failureOf(profile)}${verdictOf(profile)}
<h2>Where the time went</h2>
<section class="card" aria-label="Where the time went">
${LEGEND}
<div class="bars">
${stages.map((stage, index) => barOf(stage, index, spanOf(stages))).join('\n')}
</div>
</section>
${overTime(profile, series)}
<h2>Figures</h2>
<section class="card scroll" aria-label="Figures" tabindex="0">
${figuresOf(profile)}
</section>
<p class="note">${NOTE}</p>
</main>
</body>
</html>
`;
};

/** In place of what a stage does not have: a source takes nothing. */
const NONE = '–';

const escaped = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');

const percent = (share: number): string => `${Math.round(share * 100)} %`;

const rateOf = (bytes: number): string => `${formatBytes(Math.round(bytes))}/s`;

/** Bytes a second, over `elapsed` milliseconds. */
const averageOf = (stage: StageFigures, elapsed: number): string =>
  rateOf(elapsed > 0 ? (throughputOf(stage) / elapsed) * 1000 : 0);

/** The colour of a stage, for what stands inside. */
const colourOf = (index: number): string => {
  const [light, dark] = STAGE_COLOURS[index % STAGE_COLOURS.length]!;
  return `--stage:light-dark(${light},${dark})`;
};

const whenOf = ({ begun, elapsed, thread }: PipelineProfile): string =>
  [
    `${begun.slice(0, 10)} ${begun.slice(11, 19)} UTC`,
    `took ${formatDuration(elapsed)}`,
    `main thread at work ${percent(thread)} of the time`,
  ].join(' · ');

const failureOf = ({ failure }: PipelineProfile): string =>
  failure === null
    ? ''
    : `<section class="card failed" role="note"><strong>It failed</strong>${failure.code === null ? '' : ` (${escaped(failure.code)})`}: ${escaped(failure.message)}. What follows is what it had done until then.</section>\n`;

const verdictOf = ({ limit }: PipelineProfile): string => {
  if (limit === null) return '';
  const { what, why } = limitWords(limit);
  return `<section class="card verdict"><strong>${escaped(capital(what))}</strong>${escaped(capital(why))}.</section>`;
};

const capital = (words: string): string => `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;

const LEGEND = `<ul class="legend">
<li><span class="busy"></span>busy: at work</li>
<li><span class="held"></span>held back by what comes behind</li>
<li><span class="waiting"></span>waiting for input</li>
</ul>`;

const nameOf = (name: string, index: number): string =>
  `<h3 style="${colourOf(index)}"><span class="swatch"></span>${escaped(name)}</h3>`;

const barOf = (stage: StageFigures, index: number, span: number): string => {
  const shares = (['busy', 'held', 'waiting'] as const).map(
    (state) => [state, span > 0 ? stage[state] / span : 0] as const,
  );
  const words = shares.map(([state, share]) => `${state} ${percent(share)}`).join(', ');
  const parts = shares.map(
    ([state, share]) => `<i class="${state}" style="width:${(share * 100).toFixed(2)}%"></i>`,
  );
  return `<div class="row">
${nameOf(stage.name, index)}
<div class="bar" style="${colourOf(index)}" role="img" aria-label="${escaped(`${stage.name}: ${words}`)}">${parts.join('')}</div>
<div class="shares"><b>${percent(span > 0 ? stage.busy / span : 0)}</b> busy</div>
</div>`;
};

const overTime = (
  { elapsed, samples, stages }: PipelineProfile,
  series: readonly (readonly Interval[])[],
): string => {
  const end = samples.time.at(-1)!;
  const times = [samples.time[0]!, ...(series[0] ?? []).map(({ to }) => to)];
  if (times.length < 2) return '';
  const top = axisEnd(Math.max(...series.flat().map(({ rate }) => rate)));
  const plots = stages.map((stage, index) => {
    const average = `${averageOf(stage, elapsed)} on average`;
    return plotOf(stage.name, index, series[index]!, { end, top, average });
  });
  const ticks = Array.from({ length: TICKS }, (_, index) => {
    const time = (end * index) / (TICKS - 1) / 1000;
    return `<span>${end < 20_000 ? time.toFixed(1) : Math.round(time)} s</span>`;
  });
  const moments = {
    times,
    stages: series.map((intervals) =>
      intervals.map(
        ({ rate, busy, held }) => `${rateOf(rate)} · busy ${percent(busy)} · held ${percent(held)}`,
      ),
    ),
  };
  return `<h2>Throughput over time</h2>
<section class="card" aria-label="Throughput over time">
${plots.join('\n')}
<div class="axis" aria-hidden="true">${ticks.join('')}</div>
<label class="moment" hidden>Moment <input type="range" id="moment" step="1"> <span id="moment-words"></span></label>
</section>
<script type="application/json" id="moments">${JSON.stringify(moments).replaceAll('<', '\\u003c')}</script>
<script>${SCRIPT}</script>`;
};

const plotOf = (
  name: string,
  index: number,
  intervals: readonly Interval[],
  { end, top, average }: { readonly end: number; readonly top: number; readonly average: string },
): string => {
  const rate = ({ rate }: Interval): number => rate / top;
  const busy = ({ busy }: Interval): number => busy;
  const both = ({ busy, held }: Interval): number => busy + held;
  const box = `viewBox="0 0 ${PLOT.width} ${PLOT.height}" preserveAspectRatio="none"`;
  const most = Math.max(...intervals.map((each) => each.rate));
  const label = `${name}: throughput over time, ${average}, at most ${rateOf(most)}`;
  const held = `held-${index}`;
  return `<div class="stage" style="${colourOf(index)}">
<div class="head">${nameOf(name, index)}<output class="now">${escaped(average)}</output></div>
<div class="plot">
<svg class="rate" ${box} role="img" aria-label="${escaped(label)}"><title>${escaped(label)}</title><path class="area" d="${areaOf(intervals, end, rate)}"/><path class="line" d="${lineOf(intervals, end, rate)}"/></svg>
<span class="scale" aria-hidden="true">${rateOf(top).replace('.0 ', ' ')}</span>
<svg class="state" ${box} role="img" aria-label="${escaped(`${name}: busy and held back over time`)}"><defs><pattern id="${held}" width="6" height="100" patternUnits="userSpaceOnUse"><rect width="2" height="100" class="full"/><rect x="2" width="4" height="100" class="full" opacity=".28"/></pattern></defs><path class="full" d="${areaOf(intervals, end, busy)}"/><path fill="url(#${held})" d="${areaOf(intervals, end, both, busy)}"/></svg>
</div>
</div>`;
};

const NOTE =
  'Items are records; where bytes flow, chunks. Throughput is what a stage took in a second; of a source, what it ' +
  'gave. Busy, waiting and held are shares of the time; share is of all the time that stages were busy. Stages may ' +
  'be busy at the same time: one that writes to a disk or a network is busy until that is done.';

const COLUMNS = [
  'stage',
  'items in',
  'items out',
  'bytes in',
  'bytes out',
  'throughput',
  'busy',
  'waiting',
  'held',
  'share',
] as const;

const figuresOf = ({ stages, elapsed }: PipelineProfile): string => {
  const span = spanOf(stages);
  const work = stages.reduce((sum, { busy }) => sum + busy, 0);
  const share = (part: number, whole: number): string => percent(whole > 0 ? part / whole : 0);
  const rows = stages.map((stage, index) => {
    const cells = [
      ...[stage.itemsIn, stage.itemsOut].map((items) => (items > 0 ? formatCount(items) : NONE)),
      ...[stage.bytesIn, stage.bytesOut].map((bytes) => (bytes > 0 ? formatBytes(bytes) : NONE)),
      averageOf(stage, elapsed),
      ...[stage.busy, stage.waiting, stage.held].map((part) => share(part, span)),
      share(stage.busy, work),
    ];
    const name = `<th scope="row" style="${colourOf(index)}"><span class="swatch"></span>${escaped(stage.name)}</th>`;
    return `<tr>${name}${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
  });
  return `<table>
<thead><tr>${COLUMNS.map((column) => `<th scope="col">${column}</th>`).join('')}</tr></thead>
<tbody>${rows.join('\n')}</tbody>
</table>`;
};

/**
 * Colours of stages, for a light and a dark ground: told apart also by who sees few colours, and each with its
 * name beside it. A row of more stages begins anew.
 */
export const STAGE_COLOURS: readonly (readonly [light: string, dark: string])[] = [
  ['#2a78d6', '#3987e5'],
  ['#eb6834', '#d95926'],
  ['#1baf7a', '#199e70'],
  ['#4a3aa7', '#9085e9'],
  ['#eda100', '#c98500'],
  ['#e87ba4', '#d55181'],
  ['#008300', '#3fa03f'],
  ['#e34948', '#e66767'],
];

/** Of the page: no font and no picture from elsewhere. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#fcfcfb, #1a1a19);
  --card: light-dark(#fff, #232321);
  --line: light-dark(#e4e3df, #383835);
  --track: light-dark(#ecebe7, #32322f);
  --ink: light-dark(#1d1d1b, #f3f2ee);
  --quiet: light-dark(#5f5e58, #b3b1a8);
  --failed: light-dark(#b3261e, #ff8a80);
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--ground); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif;
}
main { max-width: 1080px; margin: 0 auto; padding: 32px 20px 56px; }
h1 { margin: 0; font-size: 26px; line-height: 1.25; letter-spacing: -.01em; overflow-wrap: anywhere; }
h2 { margin: 40px 0 12px; font-size: 17px; line-height: 1.3; }
h3 { margin: 0; font-size: 15px; line-height: 1.4; font-weight: 600; overflow-wrap: anywhere; }
p { margin: 4px 0 0; }
.quiet { color: var(--quiet); }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 16px 18px; }
.verdict { margin-top: 20px; font-size: 17px; }
.verdict strong { display: block; font-size: 20px; line-height: 1.3; }
.failed { margin-top: 20px; border-color: var(--failed); overflow-wrap: anywhere; }
.failed strong { color: var(--failed); }
.swatch { display: inline-block; width: 11px; height: 11px; border-radius: 3px; margin-right: 8px; background: var(--stage); }
.legend { display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 0 0 14px; padding: 0; list-style: none; font-size: 13px; color: var(--quiet); }
.legend span { display: inline-block; width: 22px; height: 11px; border-radius: 3px; margin-right: 7px; --stage: light-dark(#6f6e68, #a5a39a); }
.busy { background: var(--stage); }
.held { background: repeating-linear-gradient(-45deg, var(--stage) 0 2px, color-mix(in srgb, var(--stage) 28%, var(--card)) 2px 6px); }
.waiting { background: var(--track); }
.bars { display: grid; grid-template-columns: minmax(80px, max-content) 1fr max-content; gap: 10px 16px; align-items: center; }
.row { display: contents; }
.bar { display: flex; height: 22px; border-radius: 5px; overflow: hidden; background: var(--track); }
.bar > i { display: block; height: 100%; }
.shares { font-size: 13px; color: var(--quiet); font-variant-numeric: tabular-nums; text-align: right; }
.shares b { color: var(--ink); }
.stage + .stage { margin-top: 14px; padding-top: 14px; border-top: 1px solid var(--line); }
.head { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 16px; margin-bottom: 6px; }
.now { font-size: 13px; color: var(--quiet); font-variant-numeric: tabular-nums; }
.plot { position: relative; touch-action: pan-y; }
.plot svg { display: block; width: 100%; }
.plot .rate { height: 72px; border-bottom: 1px solid var(--line); border-top: 1px dashed var(--line); }
.plot .state { height: 18px; margin-top: 4px; border-radius: 3px; background: var(--track); }
.plot .scale { position: absolute; top: 2px; left: 0; font-size: 11px; line-height: 1.2; color: var(--quiet); background: color-mix(in srgb, var(--card) 75%, transparent); padding-right: 4px; }
.cursor { position: absolute; top: 0; bottom: 0; width: 1px; background: var(--ink); pointer-events: none; }
.line { fill: none; stroke: var(--stage); stroke-width: 2; vector-effect: non-scaling-stroke; stroke-linejoin: round; }
.area { fill: var(--stage); opacity: .16; }
.full { fill: var(--stage); }
.axis { display: flex; justify-content: space-between; font-size: 12px; color: var(--quiet); font-variant-numeric: tabular-nums; margin-top: 6px; }
.moment { display: flex; align-items: center; gap: 12px; margin-top: 10px; font-size: 13px; color: var(--quiet); }
.moment[hidden] { display: none; }
.moment input { flex: 1; min-width: 0; accent-color: light-dark(#5f5e58, #b3b1a8); }
.card.scroll { overflow-x: auto; padding: 4px 0; }
.note { margin-top: 10px; font-size: 12.5px; color: var(--quiet); }
table { border-collapse: collapse; width: 100%; font-size: 13.5px; font-variant-numeric: tabular-nums; }
th, td { padding: 7px 10px; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--line); }
th:first-child, td:first-child { text-align: left; padding-left: 18px; }
th:last-child, td:last-child { padding-right: 18px; }
thead th { font-weight: 600; color: var(--quiet); }
tbody th { font-weight: 600; }
tbody tr:last-child > * { border-bottom: 0; }
@media (max-width: 620px) {
  main { padding: 22px 14px 40px; }
  .card { padding: 14px; }
  .bars { grid-template-columns: 1fr; }
  .row { display: grid; grid-template-columns: 1fr max-content; gap: 4px 12px; align-items: baseline; }
  .row .bar { grid-column: 1 / -1; grid-row: 2; }
}
`;

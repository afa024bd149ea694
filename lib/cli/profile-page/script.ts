/**
 * What moves on the page: a moment is chosen by pointer or slider, and each stage says what it did then. Without
 * it all stands there as well, but for that.
 */
export const SCRIPT = `
'use strict';
const { times, stages } = JSON.parse(document.getElementById('moments').textContent);
const end = times.at(-1);
const slider = document.getElementById('moment');
const words = document.getElementById('moment-words');
const plots = [...document.querySelectorAll('.plot')];
const cursors = plots.map((plot) => {
  const cursor = document.createElement('div');
  cursor.className = 'cursor';
  cursor.hidden = true;
  plot.append(cursor);
  return cursor;
});
const outputs = [...document.querySelectorAll('.now')];
const whole = outputs.map((output) => output.textContent);
const show = (index) => {
  const isAll = index < 0;
  cursors.forEach((cursor) => {
    cursor.hidden = isAll;
    cursor.style.left = isAll ? '0' : ((times[index] + times[index + 1]) / 2 / end) * 100 + '%';
  });
  outputs.forEach((output, stage) => {
    output.textContent = isAll ? whole[stage] : stages[stage][index];
  });
  words.textContent = isAll ? 'all of it' : 'at ' + (times[index] / 1000).toFixed(1) + ' s';
  slider.value = String(index);
};
const indexAt = (time) => Math.max(0, times.findLastIndex((each) => each <= time));
for (const plot of plots) {
  plot.addEventListener('pointermove', (event) => {
    const { left, width } = plot.getBoundingClientRect();
    show(Math.min(times.length - 2, indexAt(((event.clientX - left) / width) * end)));
  });
  plot.addEventListener('pointerleave', () => show(-1));
}
slider.min = '-1';
slider.max = String(times.length - 2);
slider.addEventListener('input', () => show(Number(slider.value)));
show(-1);
slider.closest('.moment').hidden = false;
`;

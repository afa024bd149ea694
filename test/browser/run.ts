/**
 * Looks at the page of `--profile=FILE.html` in a real browser: of a real backup, in light and dark, narrow and
 * wide. Not a part of `npm test`, which has only Node:
 *
 *     npm run test:browser
 *
 * It needs Chromium (Debian: `apt-get install chromium fonts-dejavu-core`), or what `CHROMIUM` names. With
 * `SCREENSHOTS=DIRECTORY` the pictures are kept there.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import t from 'tap';
import { STAGE_COLOURS } from '../../lib/cli/profile-page/style.ts';
import { startSandbox } from '../../lib/sandbox/index.ts';
import { run } from '../helpers/asb.ts';
import { type Page, startChromium } from './chromium.ts';
import { readPng } from './png.ts';

const STAGES = ['scan', 'serialize', 'compress', 'rotate'];
/** Records of the backup, and how many a second: so that it takes a few samples. */
const [RECORDS, PER_SECOND] = [6000, 4000];
const VIEWS = [1280, 390].flatMap((width) =>
  (['light', 'dark'] as const).map((scheme) => ({ width, scheme })),
);
/** Pixels that a colour must have at least in the plot of its stage: its line, from end to end. */
const FEW_PIXELS = 200;
/** Of text against its ground, as WCAG 2 (AA) has it for small letters. */
const MIN_CONTRAST = 4.5;

const place = t.testdir();
const profile = join(place, 'profile.html');
const sandbox = await startSandbox({ records: RECORDS });
const backup = await run([
  ...['backup', '-h', sandbox.seeds.join(','), '-n', 'test', '-d', join(place, 'out')],
  ...['-z', 'zstd', '--records-per-second', `${PER_SECOND}`, `--profile=${profile}`],
]);
await sandbox.close();
if (backup.code !== 0) throw new Error(backup.stderr);

const browser = await startChromium(process.env.CHROMIUM ?? 'chromium');
t.teardown(() => browser.close());
const page = await browser.open(pathToFileURL(profile).href);

/** Where things are, in pixels of the whole page. */
interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const BOX = `(element) => {
  const { x, y, width, height } = element.getBoundingClientRect();
  return { x, y: y + scrollY, width, height };
}`;
const isBox = (value: unknown): value is Box =>
  ['x', 'y', 'width', 'height'].every((key) => typeof Object(value)[key] === 'number');

const boxesOf = async (selector: string): Promise<Box[]> => {
  const boxes = await page.evaluate(`[...document.querySelectorAll('${selector}')].map(${BOX})`);
  if (Array.isArray(boxes) && boxes.every(isBox)) return boxes;
  throw new Error(`no boxes of ${selector}`);
};

/** Words that have no room: what leaves its box or the page, but in what can be scrolled. */
const CUT = `[...document.querySelectorAll('body *')]
  .filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
  .filter((element) => !element.closest('script, .scroll, [hidden]'))
  .filter((element) => {
    const { left, right } = element.getBoundingClientRect();
    return element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).display !== 'inline'
      || left < 0 || right > innerWidth;
  })
  .map((element) => element.textContent)`;

/** Words of one line that lie on others. */
const OVERLAPPING = `(() => {
  const boxes = [...document.querySelectorAll('.head h3, .head .now, .shares, .bars h3')].map((element) =>
    [element.textContent, element.getBoundingClientRect()]);
  return boxes.flatMap(([one, a], index) => boxes.slice(index + 1)
    .filter(([, b]) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)
    .map(([other]) => one + ' on ' + other));
})()`;

/** Texts whose colour is too near to that of what they stand on. */
const PALE = `(() => {
  const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  const rgb = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return canvas.getImageData(0, 0, 1, 1).data;
  };
  const light = (colour) => {
    const [r, g, b] = [...rgb(colour)].map((each) =>
      each <= 10 ? each / 255 / 12.92 : ((each / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const groundOf = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const { backgroundColor } = getComputedStyle(at);
      if (rgb(backgroundColor)[3] === 255) return backgroundColor;
    }
    return 'white';
  };
  return [...document.querySelectorAll('h1, h2, h3, p, li, b, strong, section, th, td, .now, .scale, .axis span, label')]
    .map((element) => {
      const [one, two] = [light(getComputedStyle(element).color), light(groundOf(element))];
      return [element.textContent.slice(0, 30), (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05)];
    })
    .filter(([, contrast]) => contrast < ${MIN_CONTRAST});
})()`;

const screenshot = async (name: string): Promise<Buffer> => {
  const { data } = await page.send('Page.captureScreenshot', {
    format: 'png',
    captureBeyondViewport: true,
  });
  const png = Buffer.from(String(data), 'base64');
  const directory = process.env.SCREENSHOTS;
  if (directory !== undefined) {
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, `${name}.png`), png);
  }
  return png;
};

const view = async (to: Page, width: number, scheme: string): Promise<void> => {
  const metrics = { width, height: 900, deviceScaleFactor: 1, mobile: width < 500 };
  await to.send('Emulation.setDeviceMetricsOverride', metrics);
  const features = [{ name: 'prefers-color-scheme', value: scheme }];
  await to.send('Emulation.setEmulatedMedia', { features });
};

for (const { width, scheme } of VIEWS) {
  t.test(`${scheme}, ${width} pixels wide`, async (t) => {
    await view(page, width, scheme);
    t.strictSame(await page.evaluate(CUT), [], 'no text is cut off');
    t.strictSame(await page.evaluate(OVERLAPPING), [], 'none lies on another');
    t.strictSame(await page.evaluate(PALE), [], 'all can be read');
    const wide = await page.evaluate('document.documentElement.scrollWidth');
    t.equal(wide, width, 'the page need not be scrolled sideways');

    const picture = readPng(await screenshot(`${scheme}-${width}`));
    t.equal(picture.width, width);
    const swatches = await boxesOf('.bars .swatch');
    const plots = await boxesOf('.plot .rate');
    t.equal(swatches.length, STAGES.length);
    t.equal(plots.length, STAGES.length);
    for (const [index, name] of STAGES.entries()) {
      const colour = STAGE_COLOURS[index]?.[scheme === 'light' ? 0 : 1];
      const swatch = swatches[index]!;
      const centre = [swatch.x + swatch.width / 2, swatch.y + swatch.height / 2] as const;
      t.equal(picture.colourAt(...centre), colour, `${name} has its colour`);
      const plot = plots[index]!;
      let pixels = 0;
      for (let y = plot.y; y < plot.y + plot.height; y++) {
        for (let x = plot.x; x < plot.x + plot.width; x++) {
          if (picture.colourAt(x, y) === colour) pixels++;
        }
      }
      t.ok(pixels >= FEW_PIXELS, `${name} has a line: ${pixels} pixels`);
    }
    const ground = picture.colourAt(2, picture.height - 2);
    t.equal(ground > '#888888', scheme === 'light', `the ground is ${scheme}: ${ground}`);
  });
}

t.test('it says what there is, to who reads and to who listens', async (t) => {
  t.equal(await page.evaluate('document.title'), 'asb backup: profile');
  t.match(await page.evaluate("document.querySelector('.verdict').innerText"), /^Limited by \w+/);
  const names = await page.evaluate(
    "[...document.querySelectorAll('tbody th')].map((th) => th.innerText)",
  );
  t.strictSame(names, STAGES);
  t.match(await page.evaluate("document.querySelector('tbody').innerText"), /6,0\d\d/);
  const tree = await page.send('Accessibility.getFullAXTree');
  const nodes = Array.isArray(tree.nodes) ? tree.nodes : [];
  const named = (role: string): string[] =>
    nodes
      .filter((node) => node.role?.value === role && node.ignored !== true)
      .map((node) => String(node.name?.value ?? ''));
  t.match(named('slider'), [/^Moment/]);
  t.ok(named('image').length >= 3 * STAGES.length);
  for (const name of [...named('image'), ...named('heading')]) t.not(name, '');
  t.equal(named('columnheader').length, 10);
});

t.test('a moment is chosen by key and by pointer', async (t) => {
  await view(page, 1280, 'light');
  const words = () => page.evaluate("document.getElementById('moment-words').textContent");
  const first = () => page.evaluate("document.querySelector('.now').textContent");
  const [all, average] = [await words(), await first()];
  t.equal(all, 'all of it');
  await page.evaluate("document.getElementById('moment').focus()");
  const key = { key: 'ArrowRight', code: 'ArrowRight', windowsVirtualKeyCode: 39 };
  await page.send('Input.dispatchKeyEvent', { type: 'keyDown', ...key });
  await page.send('Input.dispatchKeyEvent', { type: 'keyUp', ...key });
  t.equal(await words(), 'at 0.0 s');
  t.match(await first(), /\/s · busy \d+ % · held \d+ %$/);
  await page.evaluate("document.querySelector('.plot').scrollIntoView({ block: 'center' })");
  const at = await page.evaluate(`(() => {
    const { left, right, top, bottom } = document.querySelectorAll('.plot')[1].getBoundingClientRect();
    return { x: right - 3, y: (top + bottom) / 2 };
  })()`);
  await page.send('Input.dispatchMouseEvent', { type: 'mouseMoved', ...Object(at) });
  t.match(await words(), /^at (?!0\.0)[\d.]+ s$/);
  t.equal((await boxesOf('.cursor:not([hidden])')).length, STAGES.length);
  await screenshot('moment');
  await page.send('Input.dispatchMouseEvent', { type: 'mouseMoved', x: 1, y: 1 });
  t.strictSame([await words(), await first()], [all, average]);
});

t.test('it is quiet, and stays at home', async (t) => {
  const said = page.events.filter(([method]) =>
    ['Runtime.consoleAPICalled', 'Runtime.exceptionThrown', 'Log.entryAdded'].includes(method),
  );
  t.strictSame(said, []);
  const asked = page.events
    .filter(([method]) => method === 'Network.requestWillBeSent')
    .map(([, params]) => Object(params).request.url);
  t.strictSame(asked, [pathToFileURL(profile).href]);
  t.notMatch(readFileSync(profile, 'utf8'), /https?:/);
});

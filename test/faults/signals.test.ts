/** Signals at every filter whose reader stalls, and in the middle of what writes files. */
import { once } from 'node:events';
import { createReadStream, existsSync, readdirSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import t from 'tap';
import { outcomeOf } from '../helpers/asb.ts';
import { largeText, ONE_LINE, startFilters, withEach } from './filters.ts';
import { filesIn, namesIn, startPlain, startStopping } from './processes.ts';

const directory = t.testdir();
const filters = await startFilters(t, directory);

const { nodes, stop } = await startStopping(t);

t.test('a filter whose reader stalls hears a signal, and the second one ends it', async (t) => {
  await withEach(filters, async (row) => {
    const child = startPlain(row.args, { env: row.env });
    createReadStream(row.input ?? '/dev/null').pipe(child.stdin);
    const closed = once(child, 'close');
    // There is something, but not all: nobody takes it.
    await once(child.stdout, 'readable');
    child.kill('SIGINT');
    const words: Buffer[] = [];
    for await (const chunk of child.stderr) {
      words.push(chunk);
      if (!/SIGINT/.test(Buffer.concat(words).toString())) continue;
      break;
    }
    child.kill('SIGINT');
    child.stdout.destroy();
    await closed;
    t.match(Buffer.concat(words).toString(), ONE_LINE, row.name);
    // What had room for its last words has ended by itself.
    const status = child.signalCode ?? child.exitCode;
    t.ok(status === 'SIGINT' || status === 128 + constants.signals.SIGINT, row.name);
  });
});

t.test('SIGPIPE alone is nothing: who writes to a closed pipe is told by the write', async (t) => {
  const text = largeText();
  const frames = zstdCompressSync(text);
  const child = startPlain(['decompress']);
  const outcome = outcomeOf(child);
  child.stdin.write(frames.subarray(0, frames.length >> 1));
  await once(child.stdout, 'data');
  child.kill('SIGPIPE');
  child.stdin.end(frames.subarray(frames.length >> 1));
  const { code, stdout, stderr } = await outcome;
  t.match({ code, stderr }, { code: 0, stderr: '' });
  t.ok(stdout.equals(text));
});

for (const [signal, times] of [
  ['SIGINT', 1],
  ['SIGINT', 2],
  ['SIGTERM', 1],
  ['SIGHUP', 1],
] as const) {
  t.test(`${signal} in the middle of a backup, ${times} times`, async (t) => {
    for (const [where, state] of [
      [['-d', 'out'], 'out/test.asb.state'],
      [['-o', 'out.asb'], 'out.asb.state'],
    ] as const) {
      const place = t.testdir({ out: {} });
      const { reached, release } = stop();
      const [option, name] = where;
      const child = startPlain(['backup', ...nodes, option, join(place, name), '-F', '1']);
      const outcome = outcomeOf(child);
      await reached;
      for (let time = 0; time < times; time++) child.kill(signal);
      const { code, signal: ended, stderr } = await outcome;
      release();
      // Two that come at once are one for the system.
      const inOrder = code === 128 + constants.signals[signal];
      t.ok(inOrder || (times === 2 && ended === signal), `${name}: ${code} ${ended}`);
      if (inOrder) t.match(stderr, ONE_LINE, name);
      t.notOk(filesIn(place).includes('out.asb'), 'no file looks like all');
      const whole = filesIn(join(place, 'out'));
      if (whole.length > 0) {
        // Whole files of a part of a backup are told by what stands beside them.
        t.ok(existsSync(join(place, state)), state);
        const manifest = readFileSync(join(place, 'out', 'test.manifest.json'), 'utf8');
        t.match(manifest, /"complete": false/, name);
      }
    }
  });
}

t.test('a signal in the middle of rotate leaves no file that is not whole', async (t) => {
  const text = largeText();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    const out = join(t.testdir(), 'out');
    const child = startPlain(['rotate', '-d', out, '-F', '1']);
    const outcome = outcomeOf(child);
    child.stdin.write(text.subarray(0, 1_800_000));
    // The second file is under way.
    while (!namesIn(out).includes('.test_00001.asb.part')) await new Promise(setImmediate);
    child.kill(signal);
    const { code, stderr } = await outcome;
    child.stdin.destroy();
    t.equal(code, 128 + constants.signals[signal]);
    t.match(stderr, ONE_LINE);
    t.same(
      readdirSync(out).filter((name) => name !== 'test_00000.asb'),
      [],
    );
  }
});

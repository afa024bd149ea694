/** Readers that take nothing for a while: memory stays bounded, and one signal ends the command. */
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { setInterval } from 'node:timers/promises';
import { zstdCompressSync } from 'node:zlib';
import t from 'tap';
import { HEADER } from '../helpers/asb-text.ts';
import { ONE_LINE } from './filters.ts';
import { startPlain } from './processes.ts';

const MIB = 1024 * 1024;
/** More than any of them may take. */
const CONTENT = 400 * MIB;
const MOST = 250 * MIB;

/** Bytes of the most memory that a process had so far; 0 if nobody tells, or it is gone. */
const peakOf = (pid: number | undefined): number => {
  const status = `/proc/${pid}/status`;
  if (!existsSync(status)) return 0;
  const [, kilobytes = 0] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(status, 'latin1')) ?? [];
  return Number(kilobytes) * 1024;
};

/** 400 MiB of .asb text in a few KiB: records with long values of the same letter. */
const bomb = (): Buffer => {
  const value = 'x'.repeat(MIB);
  const record = `+ k I 1\n+ n test\n+ d AAECAwQFBgcICQoLDA0ODxAREhM=\n+ g 1\n+ t 0\n+ b 1\n- S s ${MIB} ${value}\n`;
  const frame = zstdCompressSync(record);
  return Buffer.concat([zstdCompressSync(HEADER), ...Array<Buffer>(CONTENT / MIB).fill(frame)]);
};

t.test('nothing is read ahead of a reader that stalls, and a signal ends it', async (t) => {
  const input = bomb();
  for (const command of ['decompress', 'parse']) {
    const child = startPlain([command]);
    child.stdin.end(input);
    await once(child.stdout, 'readable');
    const words: Buffer[] = [];
    child.stderr.on('data', (chunk: Buffer) => words.push(chunk));
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    // It wants to say that it failed, and finds no room: for as long as that is waited for.
    let peak = 0;
    for await (const _ of setInterval(50)) {
      if (child.exitCode !== null || child.signalCode !== null) break;
      peak = Math.max(peak, peakOf(child.pid));
    }
    await exited;
    child.stdout.destroy();
    // What had room for its last words has ended by itself.
    t.ok(child.signalCode === 'SIGTERM' || child.exitCode === 143, command);
    t.match(Buffer.concat(words).toString(), ONE_LINE, command);
    t.ok(peak < MOST, `${command}: ${peak} bytes`);
  }
});

t.test('a slow reader gets all, and no more than it takes is held', async (t) => {
  const child = startPlain(['decompress']);
  child.stdin.end(bomb());
  const exited = once(child, 'exit');
  let [bytes, peak, chunks] = [0, 0, 0];
  for await (const chunk of child.stdout) {
    bytes += chunk.length;
    if (++chunks % 100 === 0) peak = Math.max(peak, peakOf(child.pid));
    await new Promise(setImmediate);
  }
  await exited;
  t.equal(child.exitCode, 0);
  t.ok(bytes > CONTENT);
  t.ok(peak < MOST, `${peak} bytes`);
});

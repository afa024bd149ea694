/** What several threads leave in a directory. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import { UnitScanner } from '../../lib/asb/unit-scanner.ts';
import { parseManifest } from '../../lib/jobs/manifest.ts';

export const filesIn = (directory: string): string[] =>
  readdirSync(directory)
    .filter((name) => name.endsWith('.asb'))
    .sort();
/** What a run that did not end well leaves. */
export const leftIn = (directory: string): string[] =>
  readdirSync(directory, { recursive: true })
    .map(String)
    .filter((name) => /state$|part$/.test(name));

/** Names as if one thread had written them, one header that is the first, and a manifest of all. */
export const checkDirectory = (t: Test, directory: string, isText: boolean): void => {
  const names = filesIn(directory);
  t.strictSame(
    names,
    names.map((_, index) => `test_${String(index).padStart(5, '0')}.asb`),
  );
  const manifest = parseManifest(readFileSync(join(directory, 'test.manifest.json'), 'utf8'), 'm');
  t.ok(manifest.complete);
  t.strictSame(
    manifest.files.map(({ name }) => name),
    names,
  );
  t.strictSame(leftIn(directory), []);
  if (!isText) return;
  const first = names.filter((name) => {
    const scanner = new UnitScanner();
    scanner.push(readFileSync(join(directory, name)));
    scanner.end();
    return scanner.header?.firstFile === true;
  });
  t.strictSame(first, names.slice(0, 1));
};

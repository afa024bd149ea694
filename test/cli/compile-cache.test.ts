import { chmodSync, statSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { compileCachePlace } from '../../lib/cli/compile-cache.ts';

t.test(
  'compiled code is kept in a cache directory that is the user’s own, and nowhere else',
  (t) => {
    const home = t.testdir({ '.cache': {}, file: '', shared: {}, other: { '.cache': {} } });
    chmodSync(join(home, '.cache'), 0o755);
    chmodSync(join(home, 'shared'), 0o775);
    const { uid } = statSync(home);
    const own = join(home, '.cache', 'asb-streams');
    const cases: [string, NodeJS.ProcessEnv, number | undefined, string | undefined][] = [
      ['~/.cache', { HOME: home }, uid, own],
      ['XDG_CACHE_HOME wins', { HOME: '/', XDG_CACHE_HOME: join(home, '.cache') }, uid, own],
      ['unless it is relative', { HOME: home, XDG_CACHE_HOME: 'other' }, uid, own],
      ['no home', {}, uid, undefined],
      ['a home that is none', { HOME: 'home' }, uid, undefined],
      ['no cache directory', { HOME: join(home, 'shared') }, uid, undefined],
      ['a file', { XDG_CACHE_HOME: join(home, 'file') }, uid, undefined],
      ['somebody else’s', { HOME: home }, uid + 1, undefined],
      ['others may write there', { XDG_CACHE_HOME: join(home, 'shared') }, uid, undefined],
      ['no users', { HOME: home }, undefined, undefined],
    ];
    for (const [name, env, user, expected] of cases) {
      t.equal(compileCachePlace(env, user), expected, name);
    }
    t.end();
  },
);

#!/usr/bin/env node
/** How the bundle begins: `dist/bin/asb.cjs`, beside what it loads. */
import { createRequire, enableCompileCache } from 'node:module';
import { compileCachePlace } from '../lib/cli/compile-cache.ts';

// Never fails: where nothing can be kept, nothing is. NODE_COMPILE_CACHE names another place, and
// NODE_DISABLE_COMPILE_CACHE=1 switches it off: both are Node's own.
const place = compileCachePlace(process.env, process.geteuid?.());
// A Node that is too old has no such function, and `main` is to say so.
if (place !== undefined) enableCompileCache?.(place);
createRequire(import.meta.url)('./main.cjs');

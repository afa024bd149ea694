#!/usr/bin/env node
import { main } from '../lib/cli/main.ts';

// Without top-level await, so that it can be bundled as CommonJS, which starts faster.
void main(process.argv.slice(2));

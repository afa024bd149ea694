/** For `node --import`: the package by its own name is its source, of which there need be no build. */
import { registerHooks } from 'node:module';

const SOURCE = new URL('../../lib/index.ts', import.meta.url).href;

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'asb-streams'
      ? { url: SOURCE, format: 'module-typescript', shortCircuit: true }
      : next(specifier, context),
});

const OLDER = `
import module, { syncBuiltinESMExports } from 'node:module';
delete Promise.withResolvers;
delete module.enableCompileCache;
syncBuiltinESMExports();
Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.19.0' } });`;

/** For Node's `--import`: makes it one that is too old, and lacks what a start might need. */
export const OLDER_NODE = `data:text/javascript,${encodeURIComponent(OLDER)}`;

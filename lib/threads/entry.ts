/** The begin of every thread. With `bin/`, the only module that works when it is imported. */
import { parentPort, workerData } from 'node:worker_threads';
import { serve } from './serve.ts';

// There is one: nobody but `startThread` runs this.
await serve(parentPort!, workerData);

import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { threads, type ThreadsEngine } from '@keepfit/engine-threads';

/** An engine of threads whose Workers are known. */
export interface Crew {
  readonly engine: ThreadsEngine;
  /** The Worker that started last. */
  getLast(): Worker | undefined;
}

/** @param root The folder of this package, with the bundled worker-main.ts. */
export function createCrew(root: string, workers: number): Crew {
  let last: Worker | undefined;
  const program = join(root, 'dist', 'worker-main.js');
  return {
    engine: threads({ workers, worker: () => (last = new Worker(program)) }),
    getLast: () => last,
  };
}

import { setTimeout as wait } from 'node:timers/promises';
import { PacedFit } from './paced-fit.js';
import { createCrew } from './start-crew.js';

const STEPS = 20;
const MORE_WORKERS = 2;

/** By how many MB of 10^6 bytes the RSS of the process grows for each worker beyond the first, after 20 steps. */
export async function measureWorkerMemory(root: string, batchSize: number): Promise<number> {
  const { engine } = createCrew(root, 1);
  const fit = new PacedFit(batchSize, { engine, shards: 4, replay: false });
  try {
    await fit.train(STEPS);
    const before = readRss();
    engine.resize(1 + MORE_WORKERS);
    while (engine.workers.some(({ state }) => state === 'starting')) await wait(20);
    await fit.train(STEPS);
    return (readRss() - before) / MORE_WORKERS;
  } finally {
    await fit.stop();
  }
}

function readRss(): number {
  (globalThis as { gc?: () => void }).gc?.();
  return process.memoryUsage.rss() / 1e6;
}

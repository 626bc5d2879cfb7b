import type { CheckpointStore, TrainingCapture } from '@keepfit/callbacks';
import { encodeCheckpoint } from '@keepfit/callbacks/checkpoint';
import type { Row } from '../bench.js';
import { getThreadTime } from './clocks.js';
import { getQuartiles } from './quartiles.js';
import { createHeader } from './with-capture.js';
import { timeMemcpy } from './yardsticks.js';

/** Compares the main thread's CPU time for one backup with one copy of as many bytes within memory. */
export async function compareWithMemcpy(
  store: CheckpointStore,
  capture: TrainingCapture,
  megabytes: number,
  runs: number,
): Promise<Omit<Row, 'name'>> {
  const ratios: number[] = [];
  const work: number[] = [];
  for (let run = -1; run < runs; run++) {
    const copy = timeMemcpy(megabytes * 1e6);
    const before = getThreadTime();
    await store.set('backup', encodeCheckpoint(capture, createHeader()));
    const spent = getThreadTime() - before;
    if (run < 0) continue;
    work.push(spent);
    ratios.push(spent / copy);
  }
  const { median, low, high } = getQuartiles(ratios);
  return {
    unit: '×',
    value: median,
    spread: [low, high],
    runs: ratios.length,
    facts: { 'work, ms': getQuartiles(work).median, 'memcpy, ms': getQuartiles(work).median / median },
  };
}

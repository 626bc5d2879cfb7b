import { setTimeout as wait } from 'node:timers/promises';
import { getQuantile } from '../measure/quartiles.js';
import { PacedFit } from './paced-fit.js';
import { createCrew } from './start-crew.js';

export interface Kills {
  /** By how many typical steps a step is delayed, one of whose two threads is terminated half-way. */
  readonly delays: readonly number[];
  /** Milliseconds of a step, as a median. */
  readonly typical: number;
}

const BATCH = 128;

/** Terminates a thread in the middle of a step, again and again. Each time the new one is warm before the next. */
export async function measureKills(root: string, kills: number): Promise<Kills> {
  const { engine, getLast } = createCrew(root, 2);
  const fit = new PacedFit(BATCH, { engine, shards: 4, replay: false });
  const delays: number[] = [];
  const typical: number[] = [];
  try {
    await fit.train(8);
    while (delays.length < kills) {
      // The replacement computes its first shards in these, and then the time of a step is as before.
      for (let step = 0; step < 4; step++) await fit.train(1);
      for (let step = 0; step < 3; step++) typical.push((await fit.train(1)).wall);
      const usual = getQuantile(typical, 0.5);
      const step = fit.train(1);
      await wait(usual / 2);
      await getLast()?.terminate();
      delays.push(((await step).wall - usual) / usual);
      while (engine.workers.some(({ state }) => state === 'starting')) await wait(20);
    }
  } finally {
    await fit.stop();
  }
  return { delays, typical: getQuantile(typical, 0.5) };
}

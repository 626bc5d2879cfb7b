import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SharingWatch } from '../src/sharded/sharing-watch.js';

const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
beforeEach(() => warn.mockClear());
afterEach(() => vi.clearAllMocks());

interface Played {
  readonly workers?: number | ((step: number) => number);
  readonly shards?: number;
  readonly steps?: number;
  /** Milliseconds of a shared step, by its number. */
  readonly shared: (step: number) => number;
  /** Milliseconds of a step on one thread, by how many there were before. */
  readonly alone: (time: number) => number;
  readonly size?: (step: number) => number;
  readonly left?: (step: number) => number | undefined;
}

/** Plays a training whose clock goes by what is given, and returns the steps that this thread computed too. */
async function play({ workers = 2, shards = 4, steps = 100, ...played }: Played): Promise<number[]> {
  let now = 0;
  const compared: number[] = [];
  let step = 1;
  const countWorkers = () => (typeof workers === 'number' ? workers : workers(step));
  const watch = new SharingWatch({ shards, countWorkers, clock: () => now });
  for (; step <= steps; step++) {
    await watch.time(async () => void (now += 1));
    await watch.time(async () => void (now += played.shared(step) - 1));
    await watch.endStep({
      size: played.size?.(step) ?? 32,
      left: played.left === undefined ? 1000 : played.left(step),
      computeAlone: async () => {
        now += played.alone(compared.length);
        compared.push(step);
      },
    });
  }
  return compared;
}

const alone = () => 100;

test.each([
  [106, 2, 4, 'keepfit: 2 workers take 1.1 times as long as this thread alone; use a batch of 64 or more'],
  [130, 2, 4, 'keepfit: 2 workers take 1.3 times as long as this thread alone; use a batch of 64 or more'],
  [210, 2, 4, 'keepfit: 2 workers take 2.1 times as long as this thread alone; use a batch of 128 or more'],
  [210, 4, 4, 'keepfit: 4 workers take 2.1 times as long as this thread alone; use a batch of 128 or more'],
  [130, 8, 2, 'keepfit: 8 workers take 1.3 times as long as this thread alone; use a batch of 64 or more'],
  [110, 1, 4, 'keepfit: 1 worker takes 1.1 times as long as this thread alone, and cannot be faster'],
  [110, 2, 1, 'keepfit: the engine takes 1.1 times as long as this thread alone, because one shard keeps'],
])('a shared step of %i ms against 100 is told once, with %i workers and %i shards', async (...given) => {
  const [time, workers, shards, message] = given;
  await play({ shared: () => time, alone, workers, shards });
  expect(warn.mock.calls).toEqual([[expect.stringContaining(message)]]);
});

test('an engine that does not tell its workers is told about without a batch', async () => {
  let now = 0;
  const watch = new SharingWatch({ shards: 4, countWorkers: () => undefined, clock: () => now });
  const step = { size: 32, left: undefined, computeAlone: async () => void (now += 100) };
  for (let at = 0; at < 30; at++) {
    await watch.time(async () => void (now += 200));
    await watch.endStep(step);
  }
  expect(warn.mock.calls).toEqual([
    [
      'keepfit: the engine takes 2.0 times as long as this thread alone; use a larger batch, or train without the engine',
    ],
  ]);
});

test.each([50, 94, 100, 105])('a shared step of %i ms against 100 is not told', async (time) => {
  await play({ shared: () => time, alone });
  expect(warn).not.toHaveBeenCalled();
});

test('this thread computes six batches, one at a time, and never again', async () => {
  expect(await play({ shared: () => 200, alone, steps: 400 })).toEqual([12, 15, 18, 21, 24, 27]);
});

test('the first steps of the workers do not count, nor those in which this thread records', async () => {
  await play({ shared: (step) => (step <= 8 ? 10 : 120), alone: (time) => (time < 4 ? 300 : 100) });
  expect(warn.mock.calls).toEqual([[expect.stringContaining('take 1.2 times')]]);
});

test('a step that another program delays does not count', async () => {
  await play({ shared: (step) => (step === 20 ? 100 : 900), alone: (time) => (time === 5 ? 100 : 700) });
  expect(warn).not.toHaveBeenCalled();
});

test('a run with fewer than 200 steps left is not compared', async () => {
  const shared = () => 200;
  expect(await play({ shared, alone, left: (step) => 211 - step })).toEqual([]);
  expect(warn).not.toHaveBeenCalled();
  expect(await play({ shared, alone, left: (step) => 212 - step })).toHaveLength(6);
});

test('a run without a known end is compared', async () => {
  expect(await play({ shared: () => 200, alone, left: () => undefined })).toHaveLength(6);
});

test('the smaller last batch of an epoch does not count', async () => {
  const isLast = (step: number) => step % 5 === 0;
  const compared = await play({
    shared: (step) => (isLast(step) ? 10 : 90),
    alone: () => 80,
    size: (step) => (isLast(step) ? 3 : 32),
  });
  expect(compared.filter(isLast)).toEqual([]);
  expect(warn.mock.calls).toEqual([[expect.stringContaining('take 1.1 times')]]);
});

test('a larger batch, or another number of workers, begins the comparison again', async () => {
  const size = (step: number) => (step <= 20 ? 32 : 64);
  const again = [12, 15, 18, 32, 35, 38, 41, 44, 47];
  expect(await play({ shared: () => 200, alone, size })).toEqual(again);
  const workers = (step: number) => (step <= 20 ? 2 : 3);
  expect(await play({ shared: () => 200, alone, workers })).toEqual(again);
  expect(warn).toHaveBeenCalledTimes(2);
});

test('a batch that this thread cannot compute ends the comparison, not the training', async () => {
  const compared = await play({
    shared: () => 200,
    alone: () => {
      throw new Error('out of memory');
    },
  });
  expect(compared).toEqual([]);
  expect(warn).not.toHaveBeenCalled();
});

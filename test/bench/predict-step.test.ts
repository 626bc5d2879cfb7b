import { expect, test } from 'vitest';
import {
  findShortestStep,
  type Layout,
  predictStep,
  type SharingConstants,
} from '../../bench/src/parallel/predict-step.js';

const constants: SharingConstants = { shard: 2, coordinator: 3, add: 1, copy: 0.5 };
const free: SharingConstants = { shard: 0, coordinator: 0, add: 0, copy: 0 };
const layouts: readonly Layout[] = ['threads', 'hub', 'relays'];

test.each(layouts)('one worker of %s computes all, beside what the coordinator takes', (layout) => {
  const work = { alone: 100, megabytes: 4, workers: 1 };
  expect(predictStep(layout, work, constants)).toBe(100 + 3 + 2 * 0.5 * 4);
});

test.each(layouts)('without costs, workers of %s divide the step', (layout) => {
  for (const workers of [1, 2, 8, 64])
    expect(predictStep(layout, { alone: 100, megabytes: 400, workers }, free)).toBe(100 / workers);
});

test('the worker with most shards counts', () => {
  const predict = (workers: number, shards: number) =>
    predictStep('threads', { alone: 120, megabytes: 1, workers, shards }, free);
  expect([predict(3, 4), predict(2, 4), predict(4, 4), predict(8, 4)]).toEqual([60, 60, 30, 30]);
});

test('each shard costs', () => {
  const one = { alone: 100, megabytes: 0, workers: 1 };
  expect(predictStep('threads', { ...one, shards: 4 }, { ...free, shard: 2 })).toBe(106);
});

test('on a fast line a hub is as fast as threads, and on a slow one the line counts twice for each worker', () => {
  const work = { alone: 100, megabytes: 10, workers: 8 };
  const threads = predictStep('threads', work, constants);
  expect(predictStep('hub', work, constants)).toBe(threads);
  expect(predictStep('hub', { ...work, bandwidth: 0.1 }, constants)).toBeCloseTo(threads + 2 * 8 * 100, 8);
});

test('relays are never slower than a hub, and take a logarithm of its time with many workers', () => {
  const predict = (layout: Layout, workers: number) =>
    predictStep(layout, { alone: 0, megabytes: 1, workers, bandwidth: 1 }, free);
  for (const workers of [1, 2, 3, 5, 8, 21, 64])
    expect(predict('relays', workers)).toBeLessThanOrEqual(predict('hub', workers));
  expect([predict('hub', 64), predict('relays', 64)]).toEqual([2 * 64, 2 * 2 * 6]);
});

test.each(layouts)('the shortest step that pays for %s is that at which both times are equal', (layout) => {
  const work = { megabytes: 4, workers: 8, shards: 12, bandwidth: 0.5 };
  const alone = findShortestStep(layout, work, constants);
  expect(predictStep(layout, { ...work, alone }, constants)).toBeCloseTo(alone, 8);
});

test('one worker never pays', () => {
  expect(findShortestStep('threads', { megabytes: 1, workers: 1 }, constants)).toBe(Infinity);
});

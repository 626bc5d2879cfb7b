import { cpuBackend } from '@keepfit/backend-cpu';
import { type FitOptions, Trainer, useBackend } from '@keepfit/fit';
import { fromLayers } from '@keepfit/layers';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { beforeEach, expect, test, vi } from 'vitest';
import { threads, type ThreadsEngine } from '../src/index.js';
import { type Change, FakeWorker } from './helpers/fake-worker.js';
import { createSmallNet } from './helpers/small-net.js';

beforeEach(() => useBackend(cpuBackend()));

const compiled = { loss: 'mse', metrics: ['mae', 'rootMeanSquaredError'] } as const;

const createTraining = () => ({ model: fromLayers(createSmallNet(9)), ...compiled });

const numbers = (width: number, salt: number): tf.Tensor2D =>
  tf.tensor2d(
    Array.from({ length: 22 * width }, (_, at) => Math.sin(at * 1.7 + salt)),
    [22, width],
  );

async function train(given: FitOptions): Promise<unknown> {
  const trainer = new Trainer(fromLayers(createSmallNet(1)), { optimizer: 'adam', ...compiled });
  const validationData = [numbers(3, 7), numbers(2, 8)] as const;
  const fixed = {
    batchSize: 4,
    seed: 3,
    epochs: 2,
    verbose: 0,
    validationData,
    validationBatchSize: 3,
  } as const;
  await trainer.fit(numbers(3, 0), numbers(2, 1), { ...fixed, shards: 4, ...given });
  return [trainer.model.weights.map(({ variable }) => [...variable.dataSync()]), trainer.history.history];
}

/** An engine of fake workers, and the list of all that were ever started. */
function fakes(workers: number, change?: Change): { engine: ThreadsEngine; started: FakeWorker[] } {
  const started: FakeWorker[] = [];
  const worker = (): FakeWorker => {
    const made = new FakeWorker(createTraining, change);
    started.push(made);
    return made;
  };
  return { engine: threads({ workers, worker }), started };
}

const later = (turns: number): Promise<void> =>
  new Promise((resolve) =>
    turns === 0 ? resolve() : void setImmediate(() => void later(turns - 1).then(resolve)),
  );

test.each([1, 2, 3, 4, 5])('%i workers give the bits of this thread', async (workers) => {
  const { engine, started } = fakes(workers);
  const before = tf.memory().numTensors;
  expect(await train({ engine })).toEqual(await train({}));
  expect([started.length, engine.workers]).toEqual([workers, []]);
  expect(started.every((worker) => worker.listenerCount('message') === 1)).toBe(true);
  expect(tf.memory().numTensors - before).toBeLessThan(300);
});

test('workers that end are replaced, and their blocks are given to others', async () => {
  let answers = 0;
  const { engine, started } = fakes(2, (answer, worker) => {
    answers += answer.kind === 'sum' ? 1 : 0;
    if (answer.kind !== 'sum' || answers % 3 > 0) return [answer];
    worker.kill();
    return [];
  });
  expect(await train({ engine })).toEqual(await train({}));
  expect(started.length).toBeGreaterThan(5);
});

test('answers that come twice, late or of another job count for nothing', async () => {
  let answers = 0;
  let kept: Parameters<Change>[0] | undefined;
  const { engine } = fakes(3, async (answer) => {
    if (answer.kind !== 'sum') return [answer];
    answers += 1;
    await later(answers % 4);
    const former = kept;
    kept = answer;
    const foreign = { ...answer, job: answer.job + 1000 };
    return former === undefined ? [foreign, answer] : [former, answer, answer, foreign];
  });
  expect(await train({ engine })).toEqual(await train({}));
});

test('the number of workers changes at any batch', async () => {
  const { engine, started } = fakes(1);
  const numbersOf: number[] = [];
  const callbacks = {
    onTrainBatchEnd: (batch: number) => {
      engine.resize(1 + ((batch * 2) % 4));
      numbersOf.push(engine.workers.length);
    },
  };
  expect(await train({ engine, callbacks })).toEqual(await train({}));
  expect(new Set(numbersOf)).toEqual(new Set([1, 3]));
  expect(started.length).toBeGreaterThan(4);
});

test('a worker that never answers is passed over', async () => {
  let answers = 0;
  const { engine } = fakes(2, (answer) => {
    answers += answer.kind === 'sum' ? 1 : 0;
    return answers === 5 ? [] : [answer];
  });
  expect(await train({ engine })).toEqual(await train({}));
});

test('a worker that hangs in a step that others have finished is replaced', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  try {
    let answers = 0;
    const { engine, started } = fakes(2, (answer) => {
      answers += answer.kind === 'sum' ? 1 : 0;
      if (answer.kind === 'sum') vi.advanceTimersByTime(answers < 5 ? 10 : 8000);
      return answers === 5 ? [] : [answer];
    });
    expect(await train({ engine })).toEqual(await train({}));
    expect(started.length).toBe(3);
  } finally {
    vi.useRealTimers();
  }
});

test('workers that end again and again fail the fit, with what the last one said', async () => {
  const { engine, started } = fakes(2, (answer, worker) => {
    if (answer.kind !== 'sum') return [answer];
    worker.emit('error', new Error('out of memory'));
    worker.kill();
    return [];
  });
  await expect(train({ engine })).rejects.toMatchObject({
    code: 'KEEPFIT_ENGINE_FAILED',
    message: expect.stringMatching(/6 workers ended one after the other.*out of memory/) as string,
  });
  expect(engine.workers).toEqual([]);
  expect(started.length).toBeLessThan(10);
});

test('an error in a worker reaches fit, and all workers end', async () => {
  const broken = () => ({
    ...createTraining(),
    model: {
      ...createTraining().model,
      call: () => {
        throw new Error('no such layer');
      },
    },
  });
  const engine = threads({ workers: 2, worker: () => new FakeWorker(broken) });
  await expect(train({ engine })).rejects.toMatchObject({
    code: 'KEEPFIT_ENGINE_FAILED',
    message: expect.stringMatching(/a worker could not compute its part of a step: no such layer/) as string,
  });
  expect(engine.workers).toEqual([]);
});

test('workers of another model, loss or kernel are refused before the first step', async () => {
  const refusal = async (change: () => ReturnType<typeof createTraining>) => {
    const engine = threads({ workers: 2, worker: () => new FakeWorker(change) });
    const error: unknown = await train({ engine }).catch((thrown: unknown) => thrown);
    expect(engine.workers).toEqual([]);
    return String(error);
  };
  const other = sequential({ layers: [layers.dense({ units: 2, inputShape: [3] })] });
  expect(await refusal(() => ({ ...createTraining(), model: fromLayers(other) }))).toMatch(
    /KEEPFIT_INVALID_OPTION: a worker would not give the bits of the training: config/,
  );
  const huber = { ...createTraining(), loss: 'huber' as never };
  expect(await refusal(() => huber)).toMatch(/step\.losses\[0\]\.meanSquaredError is .* in the training/);
});

test('an engine serves one fit after the other, and options are checked', async () => {
  const { engine } = fakes(2);
  expect(await train({ engine })).toEqual(await train({ engine }));
  const first = train({ engine });
  await expect(train({ engine })).rejects.toThrow(
    /KEEPFIT_INVALID_STATE: the engine "threads" serves another fit/,
  );
  await first;
  expect(() => threads({ workers: 0 })).toThrow(/workers.*positive integer/);
  expect(() => threads({ module: 3 as never })).toThrow(/module.*address/);
  expect(() => engine.resize(1.5)).toThrow(/positive integer/);
});

import { expect, test } from 'vitest';
import { SwapEMAWeights, type SwapEMAWeightsOptions } from '../../src/callbacks/swap-ema-weights.js';
import type { Capture, StateRecord } from '../../src/contract/state.js';
import { FakeTrainer } from '../fake-trainer.js';

function begin(options?: SwapEMAWeightsOptions) {
  const callback = new SwapEMAWeights(options);
  const trainer = new FakeTrainer();
  callback.setModel(trainer);
  callback.onTrainBegin();
  return { callback, trainer };
}

async function trainBatch(
  { callback, trainer }: ReturnType<typeof begin>,
  batch: number,
  weight: number,
): Promise<void> {
  callback.onTrainBatchBegin(batch);
  trainer.weight = weight;
  await callback.onTrainBatchEnd(batch);
}

/** A kernel's first weight after each batch, in the evaluation and at the end of each epoch, as Keras 3.15.1 with TensorFlow has them. */
const keras = [
  { batches: [0.5620052218437195, 0.48493584990501404, 0.3856387138366699], average: 0.5374323129653931 },
  { batches: [0.4702078402042389, 0.4063829183578491, 0.3131747841835022], average: 0.49776691198349 },
  { batches: [0.4098280072212219, 0.35410988330841064, 0.2652784287929535], average: 0.4544658660888672 },
];

test.each([false, true])(
  'has the weights in the model that Keras has, with swapOnEpoch %s',
  async (swapOnEpoch) => {
    const run = begin({ swapOnEpoch, momentum: 0.9 });
    const { callback, trainer } = run;
    for (const { batches, average } of keras) {
      await callback.onEpochBegin();
      for (const [batch, weight] of batches.entries()) await trainBatch(run, batch, weight);
      await callback.onTestBegin();
      expect(trainer.weight).toBeCloseTo(average, 6);
      await callback.onTestEnd();
      expect(trainer.weight).toBe(batches[2]);
      await callback.onEpochEnd();
      expect(trainer.weight).toBeCloseTo(swapOnEpoch ? average : batches[2]!, 6);
    }
    await callback.onTrainEnd();
    await trainer.settle();
    expect(trainer.weight).toBeCloseTo(keras[2]!.average, 6);
  },
);

test('begins the average with the weights after the first batch', async () => {
  const run = begin();
  await trainBatch(run, 0, 4);
  await run.callback.onTestBegin();
  expect(run.trainer.weight).toBe(4);
});

test('averages by 0.99 unless told otherwise', async () => {
  const run = begin();
  await trainBatch(run, 0, 0);
  await trainBatch(run, 1, 1);
  await run.callback.onTestBegin();
  expect(run.trainer.weight).toBeCloseTo(0.01, 8);
});

test('moves on once for an execution of several batches, as far as for each of them', async () => {
  const run = begin({ momentum: 0.5 });
  const { callback, trainer } = run;
  await trainBatch(run, 0, 8);
  callback.onTrainBatchBegin(1);
  trainer.weight = 0;
  await callback.onTrainBatchEnd(3);
  await callback.onTestBegin();
  expect(trainer.weight).toBe(1);
});

test('predicts with the average, and has the trained weights back after', async () => {
  const run = begin({ momentum: 0.5 });
  const { callback, trainer } = run;
  await trainBatch(run, 0, 4);
  await trainBatch(run, 1, 2);
  await callback.onPredictBegin();
  expect(trainer.weight).toBe(3);
  await callback.onPredictEnd();
  expect(trainer.weight).toBe(2);
});

test('leaves the weights alone where there is no average yet, and where fit is over', async () => {
  const run = begin();
  const { callback, trainer } = run;
  trainer.weight = 7;
  await callback.onTestBegin();
  await callback.onTestEnd();
  expect(trainer.weight).toBe(7);
  await trainBatch(run, 0, 3);
  await callback.onTrainEnd();
  await trainer.settle();
  trainer.weight = 8;
  await callback.onTestBegin();
  expect(trainer.weight).toBe(8);
});

test.each(['onTestBegin', 'onEpochEnd'] as const)(
  'has the trained weights back where fit fails after %s',
  async (hook) => {
    const run = begin({ momentum: 0.5, swapOnEpoch: true });
    const { callback, trainer } = run;
    await trainBatch(run, 0, 4);
    await trainBatch(run, 1, 2);
    await callback[hook]();
    expect(trainer.weight).toBe(3);
    await trainer.settle();
    expect([trainer.weight, trainer.heldCaptures]).toEqual([2, 0]);
  },
);

test('holds one set of weights, two while swapped, and none when fit settles', async () => {
  const run = begin({ momentum: 0.5 });
  const { callback, trainer } = run;
  for (const batch of [0, 1, 2]) await trainBatch(run, batch, batch);
  expect(trainer.heldCaptures).toBe(1);
  await callback.onTestBegin();
  expect(trainer.heldCaptures).toBe(2);
  await callback.onTestEnd();
  expect(trainer.heldCaptures).toBe(1);
  await callback.onTrainEnd();
  await trainer.settle();
  expect(trainer.heldCaptures).toBe(0);
});

test('begins a new average with a new training', async () => {
  const run = begin();
  await trainBatch(run, 0, 100);
  run.callback.onTrainBegin();
  await trainBatch(run, 0, 1);
  await run.callback.onTestBegin();
  expect(run.trainer.weight).toBe(1);
});

const EPOCHS = 3;
const BATCHES = 2;

interface Saved {
  readonly weight: number;
  readonly state: StateRecord;
}

/**
 * Trains, each step going on from the weight at hand, so that an average left in the model would show; what was seen in evaluations and
 * at the ends of epochs goes into `seen`. `atPoint` is called where a backup may be taken.
 */
async function train(
  options: SwapEMAWeightsOptions,
  atPoint: (saved: () => Saved) => void,
  from?: { saved: Saved; point: number },
) {
  const run = begin(options);
  const { callback, trainer } = run;
  const seen: [epoch: number, weight: number][] = [];
  const save = (): Saved => ({ weight: trainer.weight, state: ownedState(callback.getState()) });
  const perEpoch = BATCHES + 1;
  const { point = 0, saved } = from ?? {};
  const putBack = (): void => {
    if (saved === undefined) return;
    trainer.weight = saved.weight;
    callback.setState(saved.state);
  };
  const firstEpoch = Math.floor(point / perEpoch);
  if (point % perEpoch === 0) putBack();
  for (let epoch = firstEpoch; epoch < EPOCHS; epoch += 1) {
    await callback.onEpochBegin();
    const firstBatch = epoch === firstEpoch ? point % perEpoch : 0;
    if (firstBatch > 0) putBack();
    for (let batch = firstBatch; batch < BATCHES; batch += 1) {
      await trainBatch(run, batch, Math.fround(trainer.weight * 1.5 + epoch - batch));
      atPoint(save);
    }
    await callback.onTestBegin();
    seen.push([epoch, trainer.weight]);
    await callback.onTestEnd();
    await callback.onEpochEnd();
    seen.push([epoch, trainer.weight]);
    atPoint(save);
  }
  await callback.onTrainEnd();
  atPoint(save);
  await trainer.settle();
  return { seen, weight: trainer.weight, heldCaptures: trainer.heldCaptures };
}

/** What a checkpoint does to a state: captures get a hold of their own. */
function ownedState(state: StateRecord): StateRecord {
  return Object.fromEntries(
    Object.entries(state).map(([key, value]) => [key, (value as Capture | null)?.clone() ?? null]),
  );
}

for (const swapOnEpoch of [false, true]) {
  test(`resumed from any point it goes on as if nothing had happened, swapOnEpoch ${swapOnEpoch}`, async () => {
    const options = { swapOnEpoch, momentum: 0.75 };
    const states: Saved[] = [];
    const whole = await train(options, (save) => states.push(save()));
    for (const [index, saved] of states.slice(0, -1).entries()) {
      const resumed = await train(options, () => undefined, { saved, point: index + 1 });
      expect(resumed.weight, `saved at ${index}`).toBe(whole.weight);
      expect(resumed.seen).toEqual(whole.seen.slice(-resumed.seen.length || whole.seen.length));
      expect(resumed.heldCaptures).toBe(0);
      // The state is not the callback's to dispose: disposing it a second time would throw.
      for (const capture of Object.values(saved.state)) (capture as Capture | null)?.dispose();
    }
  });
}

test('a run that had ended goes on with the trained weights where epochs is raised', async () => {
  const states: Saved[] = [];
  await train({ momentum: 0.75 }, (save) => states.push(save()));
  const [ended, last] = [states.at(-1)!, states.at(-2)!];
  expect(ended.weight).not.toBe(last.weight);
  const { callback, trainer } = begin({ momentum: 0.75 });
  trainer.weight = ended.weight;
  callback.setState(ended.state);
  await callback.onEpochBegin();
  expect(trainer.weight).toBe(last.weight);
});

test('refuses a trainer that cannot average', () => {
  const callback = new SwapEMAWeights();
  callback.setModel(Object.assign(new FakeTrainer(), { averageWeights: undefined }));
  expect(() => callback.onTrainBegin()).toThrow(expect.objectContaining({ code: 'KEEPFIT_INVALID_STATE' }));
});

test.each([
  [{ swapOnEpoch: 1 }],
  [{ momentum: 1 }],
  [{ momentum: -0.1 }],
  [{ momentum: '0.9' }],
  [{ swap_on_epoch: true }],
])('refuses the options %o', (options) => {
  expect(() => new SwapEMAWeights(options as never)).toThrow(
    expect.objectContaining({ code: 'KEEPFIT_INVALID_OPTION' }),
  );
});

import { cpuBackend } from '@keepfit/backend-cpu';
import { BackupAndRestore, type CallbackHooks, type Difference } from '@keepfit/callbacks';
import { useBackend } from '@keepfit/fit';
import { adadelta, adagrad, adam, adamax, adamW, type Optimizer, rmsprop, sgd } from '@keepfit/optimizers';
import { memoryStore } from '@keepfit/store-memory';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test, vi } from 'vitest';
import { caught } from '../helpers/caught.js';
import { storedTraining } from '../helpers/stored.js';
import { throwAt } from '../helpers/throw-at.js';
import { plainTrainer, trainPlain } from '../helpers/train-plain.js';

beforeAll(() => useBackend(cpuBackend()));

/** tfjs' optimizers with Keras' of the same kind, and the slots that mean the same. */
const KINDS: readonly (readonly [
  make: () => tf.Optimizer,
  keras: () => tf.Optimizer,
  slots: Readonly<Record<string, string>>,
])[] = [
  [() => tf.train.sgd(0.1), () => sgd({ learningRate: 0.3 }), {}],
  [
    () => tf.train.adam(0.05),
    () => adam({ learningRate: 0.3 }),
    { accumulatedFirstMoment: 'momentum', accumulatedSecondMoment: 'velocity' },
  ],
  [
    () => tf.train.adamax(0.05),
    () => adamax({ learningRate: 0.3 }),
    { accumulatedFirstMoment: 'momentum', accumulatedWeightedInfNorm: 'norm' },
  ],
  [() => tf.train.adagrad(0.1), () => adagrad({ learningRate: 0.3 }), { accumulatedGrads: 'accumulator' }],
  [
    () => tf.train.adadelta(0.5),
    () => adadelta({ learningRate: 0.3 }),
    { accumulatedGrads: 'accumulatedGrad', accumulatedUpdates: 'accumulatedDeltaVar' },
  ],
  [
    () => tf.train.rmsprop(0.01),
    () => rmsprop({ learningRate: 0.3 }),
    { accumulatedMeanSquares: 'velocity' },
  ],
  [
    () => tf.train.rmsprop(0.01, 0.9, 0.5, 1e-7, true),
    () => rmsprop({ learningRate: 0.3, momentum: 0.5, centered: true }),
    {
      accumulatedMeanSquares: 'velocity',
      accumulatedMoments: 'momentum',
      accumulatedMeanGrads: 'averageGradient',
    },
  ],
];

/** A checkpoint of step 5. */
async function save(optimizer: tf.Optimizer): Promise<ReturnType<typeof memoryStore>> {
  const store = memoryStore();
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const crash = throwAt({ hook: 'onTrainBatchBegin', call: 6 });
  await caught(
    trainPlain({ trainer: { optimizer }, before: [new BackupAndRestore(store, { saveFreq: 1 }), crash] }),
  );
  vi.restoreAllMocks();
  return store;
}

test.each(KINDS.map((kind) => [kind[1]().getClassName(), kind] as const))(
  "%s continues the state of tfjs' class, chosen knowingly",
  async (_name, [make, keras, slots]) => {
    const store = await save(make());
    const { tensors, state } = await storedTraining(store);
    const differences: Difference[] = [];
    const trainer = plainTrainer({ init: 9, trainer: { optimizer: keras() } });
    const optimizer = trainer.optimizer as Optimizer;
    let isSeen = false;
    const look: CallbackHooks = {
      batchLogs: false,
      onTrainBatchBegin: () => {
        if (isSeen) return;
        isSeen = true;
        const now = optimizer.readState();
        expect(now['iterations']).toBe(5);
        expect(trainer.learningRate).toBe(state['learningRate']);
        const names = new Map(trainer.model.weights.map(({ name, variable }) => [name, variable.name]));
        for (const [field, slot] of Object.entries(slots))
          for (const weight of ['kernel1', 'bias1', 'kernel2', 'bias2']) {
            const saved = tensors.get(`optimizer/${field}/${weight}`)!.bytes;
            const values = (now[`${slot}/${names.get(weight)}`] as tf.Tensor).dataSync();
            expect(Buffer.from(values.slice().buffer)).toEqual(Buffer.from(saved));
          }
        expect(Object.keys(now).filter((key) => key.includes('/'))).toHaveLength(
          4 * Object.keys(slots).length,
        );
      },
    };
    const backup = new BackupAndRestore(store, {
      onMismatch: (found) => {
        differences.push(...found);
        return 'continue';
      },
    });
    await trainPlain({ before: [look, backup] }, trainer);
    expect(isSeen).toBe(true);
    expect(optimizer.iterations).toBe(12);
    expect(differences.every(({ canContinue }) => canContinue)).toBe(true);
    expect(differences).toContainEqual(
      expect.objectContaining({ item: 'optimizer.state', saved: expect.stringContaining("that of tfjs'") }),
    );
  },
);

test('without a word it is a mismatch, and nothing is changed', async () => {
  const store = await save(tf.train.adam(0.05));
  const trainer = plainTrainer({ trainer: { optimizer: 'adam' } });
  const error = await caught(trainPlain({ before: [new BackupAndRestore(store)] }, trainer));
  expect(error.code).toBe('KEEPFIT_CHECKPOINT_MISMATCH');
  expect(error.message).toMatch(
    /optimizer\.state: saved "that of tfjs' Adam", now "that of Keras' Adam, which/,
  );
  expect(trainer.optimizer.iterations).toBe(0);
});

test("a state that Keras' class has more of is refused by name, and nothing is changed", async () => {
  const store = await save(tf.train.adam(0.05));
  const trainer = plainTrainer({ trainer: { optimizer: adam({ amsgrad: true }) } });
  const backup = new BackupAndRestore(store, { onMismatch: 'continue' });
  const error = await caught(trainPlain({ before: [backup] }, trainer));
  expect(error.code).toBe('KEEPFIT_CHECKPOINT_MISMATCH');
  expect(error.message).toContain('velocityHat');
  expect(trainer.optimizer.iterations).toBe(0);
});

test('an optimizer of another kind begins from scratch', async () => {
  for (const [then, now] of [
    [tf.train.momentum(0.1, 0.9), sgd({ momentum: 0.9 })],
    [tf.train.adam(), adamW()],
    [adam(), tf.train.adam()],
    [adam(), adamW()],
  ] as const) {
    const store = await save(then);
    const trainer = plainTrainer({ init: 9, trainer: { optimizer: now } });
    await trainPlain({ before: [new BackupAndRestore(store, { onMismatch: 'continue' })] }, trainer);
    expect(trainer.optimizer.iterations).toBe(12 - 5);
  }
});

import { createHash } from 'node:crypto';
import { type CallbackHooks, ReduceLROnPlateau } from '@keepfit/callbacks';
import { type Backend, type FitOptions, Trainer, useBackend } from '@keepfit/fit';
import { adamW, cosineDecay } from '@keepfit/optimizers';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { proofOfEnd } from '../../../fit/test/helpers/proof-of-end.js';
import { recordHooks } from '../../../fit/test/helpers/record-hooks.js';
import { layersZoo } from './layers-zoo.js';
import { stepsZoo } from './steps-zoo.js';
import { BATCH_SIZE } from './zoo-member.js';
import { zoo } from './zoo.js';

/** Enough for the short batch at the end of an epoch to be recorded, compared and replayed. */
const EPOCHS = 6;

/** The options of fit that the models take in turns. */
const turns: readonly ((samples: number) => FitOptions)[] = [
  () => ({}),
  (samples) => ({ sampleWeight: Float32Array.from({ length: samples }, (_, index) => 1 + (index % 3)) }),
  () => ({ shuffle: false, validationFreq: 2 }),
];

/** Why the other models of the zoo are not recorded. */
const NOT_RECORDED: Readonly<Record<string, string>> = {
  'transformer block with layer norm and masking': 'the model was not made from layers of tfjs',
  'a plain model with a state of its own': 'the model was not made from layers of tfjs',
  ...Object.fromEntries(Object.keys(stepsZoo).map((name) => [name, 'phases and trainStep are not recorded'])),
};

/** Tests that a replayed training of these models has the bits of a normal one. */
export function testReplayedZoo(
  createBackend: () => Backend,
  names: readonly string[] = Object.keys(zoo),
): void {
  describe('replay has the bits of the steps themselves', () => {
    beforeAll(() => useBackend(createBackend()));
    test.each(names)('%s', async (name) => {
      const before = countTensors();
      const normal = await trainMember(name, false);
      const between = countTensors();
      const replaced = listReplaced();
      const replayed = await trainMember(name, 'auto');
      expect(listReplaced()).toEqual(replaced);
      // A model may leave its states.
      const left = between.map((count, index) => count - (before[index] ?? 0));
      expect(countTensors().map((count, index) => count - (between[index] ?? 0))).toEqual(left);
      expect(normal.status).toEqual({ active: false, reason: 'replay is false' });
      const reason = NOT_RECORDED[name];
      expect(replayed.status).toEqual(
        reason === undefined
          ? { active: true, reason: undefined }
          : { active: false, reason: expect.stringContaining(reason) as string },
      );
      expect(replayed.calls).toEqual(normal.calls);
      expect(replayed.hashes).toEqual(normal.hashes);
    });
  });
}

/** What of tfjs and JavaScript a recording replaces for a while. */
function listReplaced(): ReadonlyMap<string, unknown> {
  const kernels = tf.getKernelsForBackend(tf.getBackend());
  return new Map<string, unknown>([
    ['random', Math.random],
    ['methods', Object.keys(tf.backend())],
    ...kernels.map(({ kernelName, kernelFunc }) => [kernelName, kernelFunc] as const),
  ]);
}

function countTensors(): readonly number[] {
  const { numTensors, numDataBuffers, numBytes } = tf.memory();
  return [numTensors, numDataBuffers, numBytes, tf.backend().numDataIds()];
}

async function trainMember(name: string, replay: boolean | 'auto') {
  const member = zoo[name];
  if (member === undefined) throw new Error(`the zoo has no ${name}`);
  const model = member.build(1);
  const made: tf.Optimizer[] = [];
  const isPlanned = Object.keys(zoo).indexOf(name) % 2 === 0;
  const makeOptimizer = () => {
    made.push(isPlanned ? createOptimizer() : tf.train.adam(0.02));
    return made.at(-1) as tf.Optimizer;
  };
  const { loss, metrics, step, fullBatches = false } = member;
  const trainer: Trainer =
    step === undefined
      ? new Trainer(model, { optimizer: makeOptimizer(), loss, metrics })
      : new Trainer(model, step(model, makeOptimizer));
  const samples = fullBatches ? 8 : 7;
  const [x, y] = [member.inputs(samples, 0), member.targets(samples, 0)] as [never, never];
  const validationData = [member.inputs(4, samples), member.targets(4, samples)] as never;
  // A list of weights of samples is for one output.
  const more = turns[Object.keys(zoo).indexOf(name) % turns.length]?.(samples) ?? {};
  const hasOutputs = name in layersZoo && name !== 'two inputs, two outputs, shared layers';
  const [recorder, end] = [recordHooks(), proofOfEnd()];
  const plateau = new ReduceLROnPlateau({ monitor: 'loss', patience: 1, minDelta: 1, factor: 0.9 });
  try {
    await trainer.fit(x, y, {
      ...(hasOutputs ? more : {}),
      ...{ epochs: EPOCHS, batchSize: BATCH_SIZE, validationBatchSize: BATCH_SIZE, seed: 5, verbose: 0 },
      ...{ validationData, replay },
      callbacks: [recorder, ...(isPlanned || step !== undefined ? [] : [plateau as CallbackHooks]), end],
    });
    const status = trainer.replay;
    // The main part of a step of its own takes other inputs.
    const isReplayed = replay !== false && NOT_RECORDED[name] === undefined;
    const predictions = step === undefined ? await predict(trainer, x, isReplayed) : [];
    const { proof } = end;
    return { status, calls: recorder.calls, hashes: [proof, predictions, trainer.history.history].map(hash) };
  } finally {
    for (const optimizer of made) optimizer.dispose();
    tf.dispose(model.weights.map(({ variable }) => variable));
  }
}

async function predict(trainer: Trainer, x: never, replay: boolean): Promise<number[][]> {
  const outputs = [await trainer.predict(x, { batchSize: BATCH_SIZE, verbose: 0, replay })].flat();
  const values = outputs.map((output) => [...(output as tf.Tensor).dataSync()]);
  tf.dispose(outputs as tf.Tensor[]);
  return values;
}

/** All that changes from step to step in an optimizer. */
function createOptimizer(): tf.Optimizer {
  return adamW({
    learningRate: cosineDecay({ initialLearningRate: 0.1, decaySteps: 8 }),
    ...{ useEma: true, emaMomentum: 0.7, emaOverwriteFrequency: 2 },
    ...{ gradientAccumulationSteps: 3, clipvalue: 0.2 },
  });
}

function hash(value: unknown): string {
  const text = JSON.stringify(value, (_, item: unknown) =>
    typeof item === 'number' && (!Number.isFinite(item) || Object.is(item, -0)) ? `number ${item}` : item,
  );
  return createHash('sha256').update(text).digest('hex');
}

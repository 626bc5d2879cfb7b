import { cpuBackend } from '@keepfit/backend-cpu';
import type { Capture, TrainerView } from '@keepfit/callbacks';
import { decodeCheckpoint, encodeCheckpoint } from '@keepfit/callbacks/checkpoint';
import { replaceKernels, useBackend } from '@keepfit/fit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { caught } from './helpers/caught.js';
import type { PlainModel } from './helpers/plain-model.js';
import { plainData } from './helpers/plain-data.js';
import { plainTrainer } from './helpers/train-plain.js';

beforeAll(() => useBackend(cpuBackend()));

type View = Required<Pick<TrainerView, 'averageWeights' | 'captureWeights' | 'restoreWeights'>>;

/**
 * What callbacks see of a trainer of the plain model, for as long as `use` takes; expects that it leaves no
 * tensor.
 */
async function withView(
  use: (view: View, weights: (name: string) => tf.Variable) => Promise<void>,
): Promise<void> {
  const trainer = plainTrainer();
  let model: TrainerView | undefined;
  await trainer.evaluate(plainData(3).x, plainData(3).y, {
    verbose: 0,
    callbacks: [{ setModel: (view) => void (model = view) }],
  });
  const held = tf.memory().numTensors;
  await use(model as View, (name) => trainer.model.weights.find((weight) => weight.name === name)!.variable);
  expect(tf.memory().numTensors).toBe(held);
  trainer.optimizer.dispose();
  (trainer.model as PlainModel).dispose();
}

async function valuesOf(capture: Capture, name: string): Promise<number[]> {
  const bytes = await capture.entries.find((entry) => entry.name === `weights/${name}`)!.read();
  return [...new Float32Array(bytes.slice().buffer)];
}

/** The same capture as a checkpoint gives it back. */
async function saved(average: Capture): Promise<Capture> {
  const header = { runId: '', generation: 0, savedAt: new Date(0).toISOString(), library: '' };
  const parts: Uint8Array[] = [];
  for await (const chunk of encodeCheckpoint({ entries: [], state: { average } }, header).chunks)
    parts.push(chunk.slice());
  return decodeCheckpoint(new Uint8Array(Buffer.concat(parts))).training.state['average'] as Capture;
}

const change = (variable: tf.Variable, value: number): void =>
  tf.tidy(() => variable.assign(tf.fill(variable.shape, value, variable.dtype)));

test('the first average is the weights, and the next one moves towards them in float32', () =>
  withView(async (view, weight) => {
    change(weight('bias2'), 1);
    const first = await view.averageWeights(undefined, 0.9);
    change(weight('bias2'), 2);
    const second = await view.averageWeights(first, 0.9);
    expect(await valuesOf(first, 'bias2')).toEqual([1]);
    const moved = Math.fround(Math.fround(Math.fround(0.9) * 1) + Math.fround(Math.fround(1 - 0.9) * 2));
    expect(await valuesOf(second, 'bias2')).toEqual([moved]);
    first.dispose();
    second.dispose();
  }));

test('weights that are not trained are taken as they are', () =>
  withView(async (view, weight) => {
    const first = await view.averageWeights(undefined, 0.5);
    change(weight('runningMean'), 7);
    change(weight('calls'), 41);
    const second = await view.averageWeights(first, 0.5);
    expect(await valuesOf(second, 'runningMean')).toEqual([7, 7, 7, 7]);
    change(weight('calls'), 0);
    await view.restoreWeights(second);
    expect(weight('calls').dataSync()[0]).toBe(41);
    first.dispose();
    second.dispose();
  }));

test('an average that was read from a checkpoint moves on as one that was held', () =>
  withView(async (view, weight) => {
    const held = await view.averageWeights(undefined, 0.7);
    const read = await saved(held);
    change(weight('kernel1'), 0.123);
    const [fromHeld, fromRead] = [await view.averageWeights(held, 0.7), await view.averageWeights(read, 0.7)];
    expect(await valuesOf(fromRead, 'kernel1')).toEqual(await valuesOf(fromHeld, 'kernel1'));
    for (const capture of [held, fromHeld, fromRead]) capture.dispose();
  }));

test('an average of another model is refused, and changes nothing', () =>
  withView(async (view) => {
    const average = view.captureWeights();
    const other: Capture = {
      ...average,
      entries: average.entries.filter(({ name }) => name !== 'weights/bias1'),
    };
    for (const refuse of [() => view.averageWeights(other, 0.5), () => view.restoreWeights(other)]) {
      const error = await caught(refuse());
      expect(error).toMatchObject({
        code: 'KEEPFIT_INVALID_STATE',
        message: expect.stringContaining('"bias1"'),
      });
    }
    average.dispose();
  }));

test('an average that fails halfway, as for want of memory, leaves no tensor', () =>
  withView(async (view) => {
    const average = await view.averageWeights(undefined, 0.5);
    const multiply = tf.getKernel('Multiply', 'cpu')!;
    let calls = 0;
    const failing: tf.KernelFunc = (given) => {
      calls += 1;
      if (calls === 5) throw new Error('no room');
      return multiply.kernelFunc(given);
    };
    const restore = replaceKernels([{ ...multiply, kernelFunc: failing }]);
    const error = await caught(view.averageWeights(average, 0.5));
    restore();
    expect(error.message).toBe('no room');
    average.dispose();
  }));

import { cpuBackend } from '@keepfit/backend-cpu';
import { useBackend } from '@keepfit/fit';
import { evaluate, fit, predict, predictOnBatch, testOnBatch } from '@keepfit/layers';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { caught } from '../../fit/test/helpers/caught.js';

let lacked: tf.KernelConfig[] = [];

beforeEach(() => useBackend(cpuBackend()));

afterEach(() => {
  for (const kernel of lacked) tf.registerKernel(kernel);
  lacked = [];
});

function lack(kernelName: string): void {
  const kernel = tf.getKernel(kernelName, 'cpu');
  if (kernel === undefined) throw new Error(`there is no kernel ${kernelName}`);
  lacked.push(kernel);
  tf.unregisterKernel(kernelName, 'cpu');
}

function model(): tf.LayersModel {
  const sequence = tf.sequential({
    layers: [
      tf.layers.conv2d({ name: 'eyes', filters: 2, kernelSize: 3, inputShape: [6, 6, 1] }),
      tf.layers.upSampling2d({ name: 'wider' }),
      tf.layers.flatten(),
      tf.layers.dense({ name: 'head', units: 1 }),
    ],
  });
  sequence.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  return sequence;
}

const train = () => caught(fit(model(), tf.ones([4, 6, 6, 1]), tf.ones([4, 1]), { verbose: 0 }));

test.each([
  ['Conv2DBackpropFilter', 'eyes'],
  ['ResizeNearestNeighborGrad', 'wider'],
  ['ResizeNearestNeighbor', 'wider'],
])('where the backend lacks %s, the error names it and the layer "%s"', async (kernel, layer) => {
  lack(kernel);
  const error = await train();
  expect(error.code).toBe('KEEPFIT_OP_MISSING');
  expect(error.message).toContain(`the backend "cpu" has no kernel ${kernel}, which layer "${layer}" needs`);
});

test('no tensor is left behind, and the model trains once the kernel is there', async () => {
  const [x, y] = [tf.ones([4, 6, 6, 1]), tf.ones([4, 1])];
  const trained = model();
  await fit(trained, x, y, { verbose: 0 });
  const before = tf.memory().numTensors;
  lack('Conv2DBackpropFilter');
  await caught(fit(trained, x, y, { verbose: 0 }));
  expect(tf.memory().numTensors).toBe(before);
  for (const kernel of lacked.splice(0)) tf.registerKernel(kernel);
  await fit(trained, x, y, { verbose: 0 });
  expect(tf.memory().numTensors).toBe(before);
});

const [x, y] = [
  { data: new Float32Array(4 * 36), shape: [4, 6, 6, 1] },
  { data: new Float32Array(4), shape: [4, 1] },
];
const inferences: [name: string, run: (model: tf.LayersModel) => Promise<unknown>][] = [
  ['evaluate', (judged) => evaluate(judged, x, y, { batchSize: 2, verbose: 0 })],
  ['predict', (judged) => predict(judged, x, { batchSize: 2, verbose: 0 })],
  ['testOnBatch', (judged) => testOnBatch(judged, x, y)],
  ['predictOnBatch', (judged) => predictOnBatch(judged, x)],
];

test.each(inferences)(
  '%s names the kernel and the layer too, leaves no tensor, and works once the kernel is there',
  async (_name, run) => {
    const judged = model();
    tf.dispose((await run(judged)) as tf.Tensor);
    const before = tf.memory().numTensors;
    lack('ResizeNearestNeighbor');
    const error = await caught(run(judged));
    expect(error.code).toBe('KEEPFIT_OP_MISSING');
    expect(error.message).toContain(
      'has no kernel ResizeNearestNeighbor, which layer "wider" needs; take another backend',
    );
    expect(tf.memory().numTensors).toBe(before);
    for (const kernel of lacked.splice(0)) tf.registerKernel(kernel);
    tf.dispose((await run(judged)) as tf.Tensor);
    expect(tf.memory().numTensors).toBe(before);
  },
);

test('where a metric needs it, no layer is blamed, though one needs it to train', async () => {
  const judged = model();
  judged.metrics = [(yTrue: tf.Tensor, yPred: tf.Tensor) => tf.mul(tf.step(yPred), yTrue)] as never;
  (judged as tf.Sequential).add(tf.layers.activation({ activation: 'relu' }));
  lack('Step');
  const error = await caught(evaluate(judged, x, y, { verbose: 0 }));
  expect(error.message).toContain(
    'has no kernel Step, which the model, its loss or a metric needs; take another backend',
  );
});

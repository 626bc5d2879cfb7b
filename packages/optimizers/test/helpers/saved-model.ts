import * as tf from '@tensorflow/tfjs';
import type { Optimizer } from '../../src/index.js';

/** A compiled model whose layers have the names that tfjs gives. */
export function createModel(optimizer: Optimizer): tf.LayersModel {
  const initializer = (seed: number) => tf.initializers.randomNormal({ seed });
  const model = tf.sequential({
    layers: [
      tf.layers.dense({ units: 3, inputShape: [2], activation: 'tanh', kernelInitializer: initializer(1) }),
      tf.layers.dense({ units: 3, activation: 'tanh', kernelInitializer: initializer(2) }),
      tf.layers.dense({ units: 1, kernelInitializer: initializer(3) }),
    ],
  });
  model.compile({ optimizer, loss: 'meanSquaredError' });
  return model;
}

/** Trains on one batch a step, and returns the bits of the weights. */
export async function trainModel(model: tf.LayersModel, from: number, to: number): Promise<number[][]> {
  for (let step = from; step < to; step++) {
    const [x, y] = [tf.randomNormal([4, 2], 0, 1, 'float32', step), tf.ones([4, 1])];
    await model.trainOnBatch(x, y);
    tf.dispose([x, y]);
  }
  return model.getWeights().map((weight) => [...new Int32Array(weight.dataSync().slice().buffer)]);
}

/** Saves a model and its optimizer as a text. */
export async function toText(model: tf.LayersModel): Promise<string> {
  let text = '';
  await model.save(
    tf.io.withSaveHandler((artifacts) => {
      const weightData = Buffer.from(artifacts.weightData as ArrayBuffer).toString('base64');
      text = JSON.stringify({ ...artifacts, weightData });
      return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } });
    }),
    { includeOptimizer: true },
  );
  return text;
}

export function fromText(text: string): tf.io.IOHandler {
  const { weightData, ...artifacts } = JSON.parse(text) as { weightData: string };
  const bytes = Uint8Array.from(Buffer.from(weightData, 'base64'));
  return tf.io.fromMemory({ ...artifacts, weightData: bytes.buffer } as tf.io.ModelArtifacts);
}

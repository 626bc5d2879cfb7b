import { type Model, Trainer } from '@keepfit/fit';
import * as tf from '@tensorflow/tfjs-core';

export interface ListeningModel extends Model {
  /** The first column of every batch that it was trained with, and tested with. */
  readonly trained: number[][];
  readonly tested: number[][];
}

/** A trainer of a model that multiplies by one for ever, and tells which batches it was called with. */
export function listeningTrainer(): { model: ListeningModel; trainer: Trainer } {
  const model = listeningModel();
  return { model, trainer: new Trainer(model, { optimizer: tf.train.sgd(0), loss: 'mse' }) };
}

/** The numbers from `from` on, one a sample. */
export function column(count: number, from = 0): { data: Float32Array; shape: number[] } {
  return { data: Float32Array.from({ length: count }, (_, index) => from + index), shape: [count, 1] };
}

function listeningModel(): ListeningModel {
  const variable = tf.variable(tf.ones([1]));
  const trained: number[][] = [];
  const tested: number[][] = [];
  return {
    trained,
    tested,
    weights: [{ name: 'scale', variable, trainable: true }],
    call(inputs, { training }) {
      const x = inputs as tf.Tensor2D;
      (training ? trained : tested).push([...tf.slice(x, [0, 0], [x.shape[0], 1]).dataSync()]);
      return tf.mul(x, variable);
    },
  };
}

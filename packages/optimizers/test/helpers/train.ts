import * as tf from '@tensorflow/tfjs-core';
import {
  adadelta,
  adafactor,
  adagrad,
  adam,
  adamW,
  adamax,
  cosineDecay,
  ftrl,
  lamb,
  lion,
  muon,
  nadam,
  rmsprop,
  scheduleFreeAdamW,
  sgd,
  type Optimizer,
  type OptimizerOptions,
} from '../../src/index.js';

/** One of each optimizer, with all its slots. */
export const creators: Readonly<Record<string, (options?: OptimizerOptions) => Optimizer>> = {
  sgd: (options) => sgd({ momentum: 0.9, nesterov: true, ...options }) as never,
  rmsprop: (options) => rmsprop({ momentum: 0.5, centered: true, ...options }) as never,
  adam: (options) => adam({ amsgrad: true, ...options }) as never,
  adamW: (options) => adamW(options) as never,
  adadelta: (options) => adadelta(options) as never,
  adagrad: (options) => adagrad(options) as never,
  adamax: (options) => adamax(options) as never,
  nadam: (options) => nadam(options) as never,
  ftrl: (options) => ftrl({ l1RegularizationStrength: 0.01, beta: 0.1, ...options }) as never,
  lion: (options) => lion(options) as never,
  lamb: (options) => lamb(options),
  adafactor: (options) => adafactor(options),
  muon: (options) => muon({ excludeLayers: ['last'], ...options }),
  scheduleFreeAdamW: (options) => scheduleFreeAdamW({ warmupSteps: 3, ...options }) as never,
};

/** Options with which everything that optimizers have in common happens within some steps. */
export const allOptions: OptimizerOptions = {
  learningRate: cosineDecay({ initialLearningRate: 0.01, decaySteps: 9, warmupTarget: 0.1, warmupSteps: 2 }),
  weightDecay: 0.05,
  excludeFromWeightDecay: ['bias'],
  globalClipnorm: 1,
  useEma: true,
  emaMomentum: 0.8,
  emaOverwriteFrequency: 2,
  gradientAccumulationSteps: 3,
};

/**
 * The weights of two dense layers, named as tfjs-layers names them. `first` is the counter of the first: a high one,
 * because models of other tests may have the low ones.
 */
export function createWeights(first = 5001): tf.Variable[] {
  const create = (name: string, shape: number[], seed: number) =>
    tf.tidy(() => tf.variable(tf.randomNormal(shape, 0, 1, 'float32', seed), true, name));
  return [
    create(`dense_Dense${first}/kernel`, [3, 4], 1),
    create(`dense_Dense${first}/bias`, [4], 2),
    create(`dense_Dense${first + 1}/kernel`, [4, 2], 3),
    create(`last_Dense${first + 1}/kernel`, [2, 2], 4),
  ];
}

/** Applies gradients that pull each weight to a point, which differs at each step. */
export function trainSteps(optimizer: tf.Optimizer, weights: tf.Variable[], from: number, to: number): void {
  for (let step = from; step < to; step++) {
    tf.tidy(() => {
      const gradients = weights.map((weight, index) => ({
        name: weight.name,
        tensor: (weight.trainable ? tf.sub(weight, Math.sin(step + index)) : undefined) as tf.Tensor,
      }));
      optimizer.applyGradients(gradients);
    });
  }
}

export function readValues(weights: readonly tf.Tensor[]): number[][] {
  return weights.map((weight) => [...weight.dataSync()]);
}

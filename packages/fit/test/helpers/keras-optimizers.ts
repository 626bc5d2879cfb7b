import {
  adadelta,
  adafactor,
  adagrad,
  adam,
  adamax,
  adamW,
  cosineDecay,
  cosineDecayRestarts,
  exponentialDecay,
  ftrl,
  inverseTimeDecay,
  lamb,
  lion,
  muon,
  nadam,
  piecewiseConstantDecay,
  polynomialDecay,
  rmsprop,
  scheduleFreeAdamW,
  type Schedule,
  sgd,
} from '@keepfit/optimizers';
import type { Optimizer } from '@tensorflow/tfjs-core';

type Makers = Readonly<Record<string, () => Optimizer>>;

/** Keras' optimizers, with rates that move tiny models fast. */
export const kerasOptimizers: Makers = {
  "Keras' sgd, Nesterov": () => sgd({ learningRate: 0.05, momentum: 0.8, nesterov: true }),
  "Keras' rmsprop, centred": () => rmsprop({ learningRate: 0.01, momentum: 0.5, centered: true }),
  "Keras' adam, amsgrad": () => adam({ learningRate: 0.02, amsgrad: true }),
  adamW: () => adamW({ learningRate: 0.02, weightDecay: 0.1, excludeFromWeightDecay: ['bias'] }),
  "Keras' adadelta": () => adadelta({ learningRate: 0.5 }),
  "Keras' adagrad": () => adagrad({ learningRate: 0.05 }),
  "Keras' adamax": () => adamax({ learningRate: 0.02 }),
  adafactor: () => adafactor({ learningRate: 0.05 }),
  nadam: () => nadam({ learningRate: 0.02 }),
  ftrl: () => ftrl({ learningRate: 0.1, l1RegularizationStrength: 0.001 }),
  lion: () => lion({ learningRate: 0.005 }),
  lamb: () => lamb({ learningRate: 0.02 }),
  muon: () => muon({ learningRate: 0.01 }),
  scheduleFreeAdamW: () => scheduleFreeAdamW({ learningRate: 0.02, warmupSteps: 3 }),
};

/** Schedules that change within a few steps. */
const schedules: Readonly<Record<string, () => Schedule>> = {
  exponentialDecay: () =>
    exponentialDecay({ initialLearningRate: 0.1, decaySteps: 3, decayRate: 0.5, staircase: true }),
  piecewiseConstantDecay: () => piecewiseConstantDecay({ boundaries: [2, 5], values: [0.1, 0.05, 0.01] }),
  polynomialDecay: () =>
    polynomialDecay({ initialLearningRate: 0.1, decaySteps: 4, endLearningRate: 0.01, cycle: true }),
  inverseTimeDecay: () => inverseTimeDecay({ initialLearningRate: 0.1, decaySteps: 2, decayRate: 0.5 }),
  cosineDecay: () =>
    cosineDecay({ initialLearningRate: 0.01, decaySteps: 8, warmupTarget: 0.1, warmupSteps: 3 }),
  cosineDecayRestarts: () => cosineDecayRestarts({ initialLearningRate: 0.1, firstDecaySteps: 3 }),
  'a function': () => (step) => 0.1 / (step + 1),
};

/** What every optimizer can have: clipping, accumulation, averages, schedules. */
export const commonOptions: Makers = {
  clipnorm: () => adamW({ learningRate: 0.02, clipnorm: 0.1 }),
  clipvalue: () => sgd({ learningRate: 0.05, clipvalue: 0.05 }),
  globalClipnorm: () => lion({ learningRate: 0.005, globalClipnorm: 0.1 }),
  'accumulation of 3 steps': () => adam({ learningRate: 0.02, gradientAccumulationSteps: 3 }),
  'an average': () => adam({ learningRate: 0.05, useEma: true, emaMomentum: 0.8 }),
  'an average that overwrites, with accumulation and a schedule': () =>
    adamW({
      learningRate: cosineDecay({ initialLearningRate: 0.1, decaySteps: 8 }),
      useEma: true,
      emaMomentum: 0.7,
      emaOverwriteFrequency: 2,
      gradientAccumulationSteps: 2,
      clipvalue: 0.2,
    }),
  ...Object.fromEntries(
    Object.entries(schedules).map(([name, make]) => [
      name,
      () => sgd({ learningRate: make(), momentum: 0.5 }),
    ]),
  ),
};

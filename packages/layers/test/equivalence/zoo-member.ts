import type {
  Model,
  OwnStepTrainerOptions,
  PhasedTrainerOptions,
  ShapedData,
  TrainerOptions,
} from '@keepfit/fit';
import type { Optimizer } from '@tensorflow/tfjs-core';

export const BATCH_SIZE = 2;

/** Arrays of one part of the data: one, or several by name. */
export type Part = ShapedData | Readonly<Record<string, ShapedData>>;

/** A kind of model that users train, as small as it can be. */
export interface ZooMember {
  /** Makes the model with initial weights of this seed. */
  build(seed: number): Model;
  /** A step of its own, with optimizers that it makes, in place of loss and metrics. */
  readonly step?: (
    model: Model,
    makeOptimizer: () => Optimizer,
  ) => PhasedTrainerOptions | OwnStepTrainerOptions;
  readonly loss: TrainerOptions['loss'];
  readonly metrics: NonNullable<TrainerOptions['metrics']>;
  /** Whether every batch must be full, as stateful layers require. */
  readonly fullBatches?: boolean;
  /** False if its steps cannot be recorded. */
  readonly isRecorded?: false;
  /** Whether its batches cannot be cut into shards. */
  readonly isWhole?: boolean;
  /** Inputs of this many samples, starting with the sample of index `from`. */
  inputs(samples: number, from: number): Part;
  targets(samples: number, from: number): Part;
}

/** Meaningless numbers in [-1, 1) that repeat. The numbers of a sample depend only on its index. */
export function numbers(samples: number, from: number, shape: readonly number[], salt = 0): ShapedData {
  const size = shape.reduce((product, length) => product * length, 1);
  const first = (from + salt * 31) * size;
  const data = Float32Array.from(
    { length: samples * size },
    (_, index) => (((index + first) * 7919 + 13) % 1009) / 504.5 - 1,
  );
  return { data, shape: [samples, ...shape] };
}

/** Words as numbers from 1, padded with 0: [samples, length]. */
export function words(samples: number, from: number, length: number, vocabulary: number): ShapedData {
  const data = new Float32Array(samples * length);
  for (let sample = 0; sample < samples; sample++) {
    const used = 1 + ((sample + from) % length);
    for (let at = 0; at < used; at++)
      data[sample * length + at] = 1 + (((sample + from) * 7 + at * 5) % (vocabulary - 1));
  }
  return { data, shape: [samples, length] };
}

/** Classes as one-hot rows. */
export function oneHot(samples: number, from: number, classes: number): ShapedData {
  const data = new Float32Array(samples * classes);
  for (let sample = 0; sample < samples; sample++)
    data[sample * classes + ((((sample + from) * 5) % 7) % classes)] = 1;
  return { data, shape: [samples, classes] };
}

/** 0 or 1. */
export function binary(samples: number, from: number): ShapedData {
  return {
    data: Float32Array.from({ length: samples }, (_, index) => (((index + from) * 5) % 3) % 2),
    shape: [samples, 1],
  };
}

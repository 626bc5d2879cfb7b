import type { StateArray } from './state.js';

/** Data in a typed array, row-major, with its shape; the first axis counts the samples. */
export interface ShapedData {
  readonly data: StateArray | readonly number[];
  readonly shape: readonly number[];
}

/** Nested arrays of numbers, the innermost of which may be typed arrays. */
export interface NestedArray extends ReadonlyArray<number | StateArray | NestedArray> {}

/** A tensor of the library that the trainer computes with, such as a `tf.Tensor`. */
export interface TensorLike {
  readonly shape: readonly number[];
  readonly dtype: string;
  data(): Promise<unknown>;
}

/** One input or output for all samples. Nested arrays hold numbers; the innermost may be typed arrays. */
export type DataLike = TensorLike | ShapedData | NestedArray;

/** Data for a model; several inputs or outputs are a list, or a record by name. */
export type ModelData =
  | DataLike
  | readonly (TensorLike | ShapedData)[]
  | { readonly [name: string]: DataLike };

/**
 * Batches `{ xs, ys }` for a model, by a factory, from any batch on, or as a `tf.data.Dataset`: whatever the
 * trainer's `fit` takes.
 */
export type ModelBatches =
  | ((context: { readonly epoch: number; readonly random: () => number }) => unknown)
  | {
      batchesFrom(
        epoch: number,
        batch: number,
        context: { readonly randomFor: (batch: number) => () => number },
      ): unknown;
    }
  | {
      iterator(): Promise<{
        next(): Promise<{ readonly value: unknown; readonly done?: boolean | undefined }>;
      }>;
    };

/**
 * The values of a tensor, copied to the host, row-major: float32 as a Float32Array, int32 as an Int32Array, and
 * bool as a Uint8Array of 0 and 1. They are data too, and a callback may keep them in its state.
 */
export type TensorValues = {
  readonly data: Float32Array | Int32Array | Uint8Array;
  readonly shape: readonly number[];
};

/** The values of all weights of a model, trainable or not, by name (`dense/kernel`) and in the model's order. */
export type WeightValues = { readonly [name: string]: TensorValues };

/** The options of `TrainerView.predict`. */
export interface ModelPredictOptions {
  /**
   * Samples a step.
   *
   * @default 32
   */
  readonly batchSize?: number;
  /**
   * Batches at most.
   *
   * @default all
   */
  readonly steps?: number;
  /**
   * 0 is silent, 1 draws a progress bar, 2 writes one line.
   *
   * @default 0
   */
  readonly verbose?: 0 | 1 | 2;
}

/** The options of `TrainerView.evaluate`. */
export interface ModelEvaluateOptions extends ModelPredictOptions {
  /**
   * Weights of the samples, or of their time steps; the loss and `weightedMetrics` use them. Several outputs
   * share them, or have their own.
   *
   * @default 1 each
   */
  readonly sampleWeight?: ModelData;
  /**
   * The same as `sampleWeight`, by the name that it has in batches. Give one of the two.
   *
   * @default 1 each
   */
  readonly sampleWeights?: ModelData;
}

import type * as tf from '@tensorflow/tfjs-core';

/**
 * The state of an optimizer as named variables and numbers. An optimizer that keeps state which its fields do
 * not show, such as private `#fields`, implements this beside `applyGradients`. Checkpoints then hold what
 * `readState` returns, and nothing else of the optimizer but its learning rate and its count of iterations.
 */
export interface OptimizerState {
  /**
   * Returns the whole state at this instant. The tensors stay the optimizer's; a step must replace their
   * values, not write into them. A name may contain the tfjs name of a weight, as in `m/dense_Dense1/kernel`:
   * checkpoints have the model's own name of that weight in its place, and a resumed training the tfjs name
   * that the weight has then.
   */
  readState(): Readonly<Record<string, tf.Tensor | number>>;
  /**
   * Takes a state that `readState` returned, and nothing that was there before. The tensors stay the caller's
   * and are disposed afterwards: assign them to variables, or keep clones.
   */
  writeState(state: Readonly<Record<string, tf.Tensor | number>>): void;
}

import type { CallbackHooks, CallbackParams } from '../contract/callback-hooks.js';
import { KeepfitError } from '../contract/keepfit-error.js';
import type { TrainerView } from '../contract/trainer-view.js';

/**
 * The base class for callbacks in the style of Keras: a subclass defines hooks and reads `this.model` and
 * `this.params`.
 *
 * ```ts
 * class StopAtLoss extends Callback {
 *   onEpochEnd(epoch: number, logs: Logs) {
 *     if (logs.loss! < 0.1) this.model.stopTraining = true;
 *   }
 * }
 * ```
 */
export abstract class Callback implements CallbackHooks {
  #model: TrainerView | undefined;
  #params: CallbackParams | undefined;

  /**
   * A view of the trainer that runs this callback: `evaluate`, `predict`, `getWeights`, `setWeights`, `optimizer`,
   * `learningRate`, `stopTraining` and more.
   *
   * @throws KEEPFIT_INVALID_STATE when no trainer has set it yet.
   */
  get model(): TrainerView {
    if (this.#model === undefined) throw createNotRunningError('model');
    return this.#model;
  }

  /**
   * The parameters of the running fit, evaluation or prediction.
   *
   * @throws KEEPFIT_INVALID_STATE when no trainer has set them yet.
   */
  get params(): CallbackParams {
    if (this.#params === undefined) throw createNotRunningError('params');
    return this.#params;
  }

  setModel(model: TrainerView): void {
    this.#model = model;
  }

  setParams(params: CallbackParams): void {
    this.#params = params;
  }
}

function createNotRunningError(member: string): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_INVALID_STATE',
    `callback.${member} was read outside a training, before it was set; read it inside a hook`,
  );
}

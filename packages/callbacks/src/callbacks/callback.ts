import type { CallbackHooks, CallbackParams } from '../contract/callback-hooks.js';
import { KeepfitError } from '../contract/keepfit-error.js';
import type { TrainerView } from '../contract/trainer-view.js';

/** The hooks that a subclass may override. A type only: a hook that no subclass defines does not exist. */
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging -- All of its members are optional.
export interface Callback extends CallbackHooks {}

/**
 * The base class for callbacks in the style of Keras: a subclass overrides hooks and reads `this.model` and
 * `this.params`.
 *
 * ```ts
 * class StopAtLoss extends Callback {
 *   override onEpochEnd(epoch: number, logs: Logs) {
 *     if (logs.loss < 0.1) this.model.stopTraining = true;
 *   }
 * }
 * ```
 *
 * Write the types of the parameters: TypeScript checks them, but does not infer them.
 */
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging -- See above.
export abstract class Callback {
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

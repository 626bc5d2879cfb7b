import type { CallbackHooks, CallbackParams } from '../contract/callback-hooks.js';
import { KeepfitError } from '../contract/keepfit-error.js';
import type { TrainerView } from '../contract/trainer-view.js';

/**
 * The base class for callbacks written as in Keras: a subclass defines the hooks it needs and reads `this.model` and `this.params`.
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

  /** The trainer that runs this callback. Throws where none has taken it up yet. */
  get model(): TrainerView {
    if (this.#model === undefined) throw notRunning('model');
    return this.#model;
  }

  /** The parameters of the running fit, evaluation or prediction. Throws where none runs yet. */
  get params(): CallbackParams {
    if (this.#params === undefined) throw notRunning('params');
    return this.#params;
  }

  setModel(model: TrainerView): void {
    this.#model = model;
  }

  setParams(params: CallbackParams): void {
    this.#params = params;
  }
}

function notRunning(member: string): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_INVALID_STATE',
    `callback.${member} was read outside a training, before it was set; read it inside a hook`,
  );
}

import type { Model } from '../contract/model.js';

/** How a run is told to end. */
export interface TrainingControl {
  stopTraining: boolean;
  /**
   * Whether the stop comes from outside the run, so that no restore takes it back. What hooks set before a
   * saved state is restored is replaced by that state.
   */
  isStopRequested: boolean;
}

/**
 * Creates the control of a trainer. A stop by the model's own flag counts as one from outside: the flag does not
 * tell who set it.
 */
export function createControl(model: Model): TrainingControl {
  let [isStopping, isRequested] = [false, false];
  const isFlagged = () => model.stopTraining === true;
  return {
    get stopTraining() {
      return isStopping || isFlagged();
    },
    set stopTraining(stop) {
      isStopping = stop;
      if (!stop && isFlagged()) model.stopTraining = false;
    },
    get isStopRequested() {
      return isRequested || isFlagged();
    },
    set isStopRequested(isNow) {
      isRequested = isNow;
    },
  };
}

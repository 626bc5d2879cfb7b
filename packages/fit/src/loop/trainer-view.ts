import { type History, KeepfitError, type TrainerView } from '@keepfit/callbacks';
import { getLearningRate, setLearningRate } from '../optimizer/learning-rate.js';
import { averageWeights } from '../state/average-weights.js';
import { captureWeights, createCapture } from '../state/capture-training.js';
import { restoreWeights } from '../state/restore-weights.js';
import { weightsAreFinite } from '../state/weights-are-finite.js';
import type { Releases } from './releases.js';
import type { StepParts } from './train-step.js';

/** How a run is told to end. */
export interface TrainingControl {
  stopTraining: boolean;
  /**
   * Whether the stop comes from outside the run, so that no restore takes it back. What hooks set before a
   * saved state is restored is replaced by that state.
   */
  isStopRequested: boolean;
}

/** The parts of a trainer that its runs share. */
export interface TrainerParts extends StepParts {
  /** Set from inside a run or from outside. */
  readonly control: TrainingControl;
}

/** The part of a view that only a fit has. */
export type FitView = Pick<TrainerView, 'requestBackup' | 'compare' | 'restore'>;

/**
 * Creates the view that the callbacks of a run have of the trainer: these members, and nothing of the loop.
 */
export function createTrainerView(
  { model, optimizer, objective, control }: TrainerParts,
  history: History,
  releases: Releases,
  fitView: FitView = outsideFit,
): TrainerView {
  return {
    get stopTraining() {
      return control.stopTraining;
    },
    set stopTraining(stop) {
      control.stopTraining = stop;
    },
    keepLastBackup: false,
    get learningRate() {
      return getLearningRate(optimizer);
    },
    set learningRate(rate) {
      setLearningRate(optimizer, rate);
    },
    history,
    ...fitView,
    metricDirection: (logKey) => objective.direction(logKey),
    weightsAreFinite: () => weightsAreFinite(model.weights),
    captureWeights: () => createCapture(captureWeights(model.weights)),
    restoreWeights: (weights) => restoreWeights(model.weights, weights),
    averageWeights: (average, momentum) => averageWeights(model.weights, average, momentum),
    defer: (release) => releases.defer(release),
  };
}

const outsideFit: FitView = {
  requestBackup: () => refuse('requestBackup'),
  compare: () => refuse('compare'),
  restore: () => refuse('restore'),
};

function refuse(member: string): never {
  throw new KeepfitError(
    'KEEPFIT_INVALID_STATE',
    `model.${member} was called outside a fit; an evaluation or a prediction has no backups`,
  );
}

import { type History, KeepfitError, type TrainerView } from '@keepfit/callbacks';
import { loadOnDemand } from '../load-on-demand.js';
import { getLearningRate, setLearningRate } from '../optimizer/learning-rate.js';
import { averageWeights } from '../state/average-weights.js';
import { captureWeights, createCapture } from '../state/capture-training.js';
import { describeOptimizer } from '../state/describe-optimizer.js';
import { ModelIsolation } from '../state/model-isolation.js';
import { readWeights, writeWeights } from '../state/plain-weights.js';
import { restoreWeights } from '../state/restore-weights.js';
import { weightsAreFinite } from '../state/weights-are-finite.js';
import type { HookCalls } from './hook-calls.js';
import type { Releases } from './releases.js';
import type { StepParts } from './train-step.js';
import type * as viewInference from './view-inference.js';
import type { HookInference } from './view-inference.js';
import type { Yielder } from './yielder.js';

/** The parts of a trainer that its runs share. */
export interface TrainerParts extends StepParts {
  /** Set from inside a run or from outside. */
  readonly control: { stopTraining: boolean };
}

/** The run whose callbacks have the view. */
export interface ViewedRun {
  readonly history: History;
  readonly releases: Releases;
  readonly calls: HookCalls;
  readonly yielder: Yielder;
}

/** The part of a view that only a fit has. */
export type FitView = Pick<TrainerView, 'requestBackup' | 'compare' | 'restore'>;

/**
 * Creates the view that the callbacks of a run have of the trainer: these members, and nothing of the loop.
 */
export function createTrainerView(
  { model, optimizer, objective, control }: TrainerParts,
  { history, releases, calls, yielder }: ViewedRun,
  fitView?: FitView,
): TrainerView {
  const infer = <T>(
    member: string,
    work: (inference: typeof viewInference, hook: HookInference) => Promise<T>,
  ): Promise<T> =>
    calls.run(member, async () => {
      const isolation = new ModelIsolation(model);
      const onShuffle = fitView && { onShuffle: (error: unknown) => calls.fail(error) };
      try {
        return await work(await loadInference(), { model, objective, isolation, yielder, ...onShuffle });
      } finally {
        isolation.dispose();
      }
    });
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
    get optimizer() {
      return describeOptimizer(optimizer);
    },
    ...(fitView ?? outsideFit),
    evaluate: async (...given: readonly [unknown, unknown?, unknown?]) =>
      infer('evaluate', ({ evaluateInHook }, hook) => evaluateInHook(hook, ...given)),
    predict: async (x, options) =>
      infer('predict', ({ predictInHook }, hook) => predictInHook(hook, x, options)),
    getWeights: async () => calls.run('getWeights', () => readWeights(model.weights)),
    setWeights(weights) {
      calls.checkChange('setWeights');
      writeWeights(model.weights, weights);
    },
    metricDirection: (logKey) => objective.direction(logKey),
    weightsAreFinite: () => weightsAreFinite(model.weights),
    captureWeights: () => createCapture(captureWeights(model.weights)),
    restoreWeights: (weights) => restoreWeights(model.weights, weights),
    averageWeights: (average, momentum) => averageWeights(model.weights, average, momentum),
    defer: (release) => releases.defer(release),
  };
}

function loadInference(): Promise<typeof viewInference> {
  return loadOnDemand(
    () => import('./view-inference.js'),
    'what evaluates and predicts in hooks could not be loaded; serve every file of the build',
  );
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

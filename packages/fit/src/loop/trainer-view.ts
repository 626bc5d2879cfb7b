import { type History, KeepfitError, type TrainerView } from '@keepfit/callbacks';
import type * as tf from '@tensorflow/tfjs-core';
import type { Model } from '../contract/model.js';
import type { Arrays } from '../data/array-data.js';
import type { BatchData } from '../data/batch-data.js';
import { loadOnDemand } from '../load-on-demand.js';
import { getLearningRate, setLearningRate } from '../optimizer/learning-rate.js';
import { averageWeights } from '../state/average-weights.js';
import { captureWeights, createCapture } from '../state/capture-training.js';
import type { OptimizerRole } from '../optimizer/optimizer-role.js';
import { describeOptimizer, describeOptimizers } from '../state/describe-optimizer.js';
import { captureFinalWeights } from '../state/final-weights.js';
import { restoreWeights } from '../state/restore-weights.js';
import type { Step } from '../steps/step.js';
import { weightsAreFinite } from '../state/weights-are-finite.js';
import { writeWeights } from '../state/write-weights.js';
import type { HookCalls } from './hook-calls.js';
import type { Releases } from './releases.js';
import type { TrainingControl } from './training-control.js';
import type * as viewInference from './view-inference.js';
import type { Yielder } from './yielder.js';

/** The parts of a trainer that its runs share. */
export interface TrainerParts {
  readonly model: Model;
  /** What is done with a batch. */
  readonly step: Step;
  /** One without a name, or one for each phase. */
  readonly optimizers: readonly OptimizerRole[];
  /** Set from inside a run or from outside. */
  readonly control: TrainingControl;
}

/** The run whose callbacks have the view. */
export interface ViewedRun {
  readonly history: History;
  readonly releases: Releases;
  readonly calls: HookCalls;
  readonly yielder: Yielder;
}

/** The part of a view that only a fit has. */
export interface FitView extends Pick<TrainerView, 'requestBackup' | 'compare' | 'restore'> {
  /** Known once the fit has begun. */
  readonly verifiesLater: () => boolean;
}

/**
 * Creates the view that the callbacks of a run have of the trainer: these members, and nothing of the loop.
 */
export function createTrainerView(parts: TrainerParts, run: ViewedRun, fitView?: FitView): TrainerView {
  const { model, optimizers, step, control } = parts;
  const { history, releases, calls } = run;
  const { verifiesLater, ...ofFit } = fitView ?? outsideFit;
  return {
    get stopTraining() {
      return control.stopTraining;
    },
    set stopTraining(stop) {
      control.stopTraining = stop;
    },
    keepLastBackup: false,
    get learningRate() {
      return getLearningRate(getOnlyOptimizer(optimizers));
    },
    set learningRate(rate) {
      setLearningRate(getOnlyOptimizer(optimizers), rate);
    },
    history,
    get optimizer() {
      return describeOptimizer(getOnlyOptimizer(optimizers));
    },
    optimizers: describeOptimizers(optimizers),
    ...ofFit,
    get verifiesLater() {
      return verifiesLater();
    },
    ...createHookMembers(parts, run, fitView !== undefined),
    metricDirection: (logKey) => step.direction(logKey),
    findLogKey: (name) => findLogKey(model, name),
    weightsAreFinite: () => weightsAreFinite(model.weights),
    captureWeights: () => createCapture(captureWeights(model.weights)),
    restoreWeights: (weights) => restoreWeights(model.weights, weights),
    averageWeights: (average, momentum) => averageWeights(model.weights, average, momentum),
    captureFinalWeights: () => captureFinalWeights(optimizers, model.weights),
    abort: (error) => calls.fail(error),
    defer: (release) => releases.defer(release),
  };
}

/**
 * The optimizer of a training that has one.
 *
 * @throws KEEPFIT_INVALID_OPTION when it has several: what is meant for one must not go to another.
 */
export function getOnlyOptimizer(optimizers: readonly OptimizerRole[]): tf.Optimizer {
  const [only] = optimizers;
  if (only !== undefined && optimizers.length === 1) return only.optimizer;
  const names = optimizers.map(({ name }) => name);
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `the training has several optimizers (${names.join(', ')}), and one was asked for; name it, as in a callback of your own: ` +
      `this.model.optimizers['${names[0]}'].learningRate = 0.001`,
  );
}

function findLogKey({ outputNames = [], outputAliases = [] }: Model, name: string): string | undefined {
  const prefix = name.startsWith('val_') ? 'val_' : '';
  const rest = name.slice(prefix.length);
  const index = outputAliases.findIndex((alias) => rest.startsWith(`${alias}_`));
  const [alias, output] = [outputAliases[index], outputNames[index]];
  if (alias === undefined || output === undefined || alias === output) return undefined;
  return prefix + output + rest.slice(alias.length);
}

/** The members that need the training to stand still. */
function createHookMembers(
  { model, step }: TrainerParts,
  { calls, yielder }: ViewedRun,
  isFit: boolean,
): Pick<TrainerView, 'evaluate' | 'predict' | 'getWeights' | 'setWeights'> {
  /** Notes the weights at the call, before anything is loaded: the result is of these. */
  const describeCall = (): viewInference.HookInference => ({
    model,
    step,
    yielder,
    dataIds: model.weights.map(({ variable }) => variable.dataId),
    ...(isFit && { onShuffle: (error: unknown) => calls.fail(error) }),
  });
  return {
    // The view's types of data are free of tfjs; the functions that read data check the values.
    evaluate: async (...given: readonly unknown[]) =>
      calls.run('evaluate', async () => {
        const call = describeCall();
        return (await loadInference()).evaluateInHook(call, ...(given as viewInference.HookArguments));
      }),
    predict: async (x, options) =>
      calls.run('predict', async () => {
        const call = describeCall();
        return (await loadInference()).predictInHook(call, x as Arrays | BatchData, options);
      }),
    getWeights: async () =>
      calls.run('getWeights', async () => {
        const { weights } = model;
        const held = captureWeights(weights);
        try {
          return await (await loadInference()).readWeights(weights, held);
        } finally {
          for (const { dispose } of held) dispose();
        }
      }),
    setWeights(weights) {
      calls.checkChange('setWeights');
      writeWeights(model.weights, weights);
    },
  };
}

function loadInference(): Promise<typeof viewInference> {
  return loadOnDemand(
    () => import('./view-inference.js'),
    'the code that evaluates and predicts in hooks could not be loaded; serve every file of the build',
  );
}

const outsideFit: FitView = {
  requestBackup: () => refuse('requestBackup'),
  compare: () => refuse('compare'),
  restore: () => refuse('restore'),
  verifiesLater: () => false,
};

function refuse(member: string): never {
  throw new KeepfitError(
    'KEEPFIT_INVALID_STATE',
    `model.${member} was called outside a fit; an evaluation or a prediction has no backups`,
  );
}

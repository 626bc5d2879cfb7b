import type { CallbackHooks, Verbosity } from '@keepfit/callbacks';
import type { Engine } from '../contract/engine.js';
import type { BatchSource } from '../data/batch-source.js';
import { describeClassWeight } from '../data/class-weights.js';
import { BATCH_SIZE, type FitData } from '../data/fit-data.js';
import { loadOnDemand } from '../load-on-demand.js';
import type { FitOptions } from '../options/fit-options.js';
import { resolveVerbosity, withProgress } from '../options/resolve-options.js';
import type { FitSettings } from '../state/fingerprint.js';
import { getTargetReading } from '../steps/step.js';
import type { InferenceRun } from './inference-loop.js';
import type { ReplayRequest } from './replay.js';
import type { TrainerParts } from './trainer-view.js';
import { YIELD_EVERY, Yielder } from './yielder.js';

/** What one call of fit is to do; checked. */
export interface FitPlan extends TrainerParts {
  readonly source: BatchSource;
  readonly validation: Pick<InferenceRun, 'source' | 'steps' | 'stepsPerExecution'> | undefined;
  readonly validatesAt: (epoch: number) => boolean;
  readonly epochs: number;
  readonly initialEpoch: number;
  readonly stepsPerEpoch: number | undefined;
  readonly stepsPerExecution: number;
  readonly seed: number | undefined;
  /** Undefined for those of the checkpoint. */
  readonly shards: number | undefined;
  readonly engine: Engine | undefined;
  readonly settings: FitSettings;
  readonly callbacks: readonly CallbackHooks[];
  readonly verbose: Verbosity;
  readonly yielder: Yielder;
  readonly replay: ReplayRequest;
}

/** What a fit of these data with these options, which are checked, is to do. */
export function createFitPlan(
  parts: TrainerParts,
  { training, validation }: FitData,
  options: FitOptions,
  stepsPerExecution: number,
  reportReplay: ReplayRequest['report'],
): FitPlan {
  const { validationFreq = 1, stepsPerEpoch } = options;
  const verbose = resolveVerbosity(options.verbose);
  return {
    ...parts,
    source: training,
    validation: validation && {
      source: validation,
      steps: options.validationSteps,
      stepsPerExecution,
    },
    validatesAt: (epoch) =>
      typeof validationFreq === 'number'
        ? (epoch + 1) % validationFreq === 0
        : validationFreq.includes(epoch + 1),
    epochs: options.epochs ?? 1,
    initialEpoch: options.initialEpoch ?? 0,
    stepsPerEpoch,
    stepsPerExecution,
    seed: options.seed,
    shards: options.shards,
    engine: options.engine,
    settings: {
      batchSize: options.batchSize ?? BATCH_SIZE,
      shuffle: options.shuffle ?? true,
      stepsPerEpoch: stepsPerEpoch ?? null,
      stepsPerExecution,
      sampleWeight: options.sampleWeight !== undefined,
      classWeight: describeClassWeight(
        options.classWeight,
        getTargetReading(parts.model, parts.step).outputNames,
      ),
      objective: parts.step.description,
      data: training.fingerprint(),
    },
    callbacks: withProgress(options.callbacks, verbose),
    verbose,
    yielder: new Yielder(options.yieldEvery ?? YIELD_EVERY),
    replay: {
      option: options.replay ?? 'auto',
      batches: countBatches({ training, validation }, options),
      report: reportReplay,
    },
  };
}

/** How many batches a whole fit computes, as if it validated every epoch; undefined if that is not known. */
function countBatches(
  { training, validation }: FitData,
  { epochs = 1, initialEpoch = 0, stepsPerEpoch, validationSteps }: FitOptions,
): number | undefined {
  const steps = stepsPerEpoch ?? training.batches;
  const validated = validation === undefined ? 0 : (validationSteps ?? validation.batches);
  return steps === undefined || validated === undefined
    ? undefined
    : (epochs - initialEpoch) * (steps + validated);
}

/** @throws KEEPFIT_INVALID_DATA when sample weights of arrays do not fit the losses. */
export async function checkWeights(parts: TrainerParts, { training, validation }: FitData): Promise<void> {
  // Only arrays have rows, and only weights with more axes than the samples, or of several outputs, are described.
  const hasAxes = (source?: BatchSource) => source?.rows !== undefined && 'weights' in source.fingerprint();
  if (parts.step.hasFreeData || !(hasAxes(training) || hasAxes(validation))) return;
  const { checkWeightShapes } = await loadOnDemand(
    () => import('./check-weight-shapes.js'),
    'the code that checks sample weights could not be loaded; serve every file of the build',
  );
  if (hasAxes(training)) await checkWeightShapes('sampleWeight of fit', parts, training);
  if (validation !== undefined && hasAxes(validation))
    await checkWeightShapes('validationData', parts, validation);
}

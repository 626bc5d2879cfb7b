import type { GivenLists } from '../objective/output-plan.js';
import type { StateValue } from '@keepfit/callbacks';
import type { MetricDirection } from '../contract/metric.js';
import type { Model } from '../contract/model.js';
import type { Batch } from '../data/batch-source.js';
import type { TargetReading } from '../data/class-weights.js';
import type { DataShape } from '../data/fit-data.js';
import type { LogPlan, LogSink } from '../objective/running-logs.js';
import type { StepTools } from './compute.js';
import type { ShardedStep } from './sharded-step.js';

/**
 * What a training does with a batch. The loop knows nothing else of it, and there are three kinds:
 *
 * ```
 *                  SupervisedStep            PhasedStep                       OwnStep
 * what is given    loss, metrics, optimizer  phases                           trainStep, testStep, optimizers
 * train(batch)     outputs and losses        for each phase:                  trainStep(batch, { gradients, apply, … })
 *                  gradients, update           its loss(batch, { random })
 *                  metrics                     gradients, update
 *                                            metrics of the outputs
 * test(batch)      outputs, losses, metrics  each phase's loss, no update     testStep(batch, { random })
 *                           │                         │                                │
 *                           └──── OptimizerRole.minimize, one per optimizer ───────────┘
 *                                 slots · update · constraints
 * ```
 *
 * The loop opens the randomness of the batch, calls one of the two, and reads the running logs when a callback
 * wants them. A checkpoint holds the weights, each optimizer's state and the running logs, so a step must keep
 * nothing else from batch to batch.
 */
export interface Step extends StepRuns {
  /** The log keys that are known before the first batch, and the metrics with a state. */
  readonly logPlan: LogPlan;
  /** Describes for the fingerprint what the step computes. */
  readonly description: StateValue;
  /** The losses and metrics as they were given: former checkpoints have only their names. */
  readonly given: GivenLists | undefined;
  /** Whether a batch may come without targets, and whose data need not look like the model's inputs. */
  readonly hasFreeData: boolean;
  /** For each output, whether its loss reads each value of the targets as a class number. */
  readonly readsClassNumbers: readonly boolean[];
  /** Whether a log improves by falling or by rising; `val_` counts as the log itself. */
  direction(logKey: string): MetricDirection | undefined;
  /** Why the step cannot be recorded, if its own parts are the reason; undefined if it can. */
  readonly unrecordable: Unrecordable | undefined;
  /** Before the first batch: loads what the step needs. */
  prepare(): Promise<void>;
}

/** Why a step cannot be recorded. */
export interface Unrecordable {
  readonly reason: string;
  /** Whether the user may vouch for it by `replay: true`. */
  readonly canVouch: boolean;
}

/** What runs on one batch. */
export interface StepRuns {
  /** How it is computed in shards, or why it cannot be. */
  readonly sharded: ShardedStep | string;
  /** Trains on a batch and adds its logs. Synchronous. Every optimizer's watch must be prepared. */
  train(batch: Batch, logs: LogSink, tools: StepTools): void;
  /** Evaluates a batch and adds its logs. Nothing is changed. */
  test(batch: Batch, logs: LogSink, tools: StepTools): void;
}

/** What the data of a step must look like. */
export function getDataShape(model: Model, { hasFreeData }: Step): DataShape {
  return hasFreeData ? { targets: 'optional' } : { ...pickNames(model), targets: 'required' };
}

/** How class weights read the targets of a step. */
export function getTargetReading(model: Model, step: Step): TargetReading {
  return { areNumbers: step.readsClassNumbers, outputNames: [model.outputAliases, model.outputNames] };
}

function pickNames({ inputNames, outputNames, outputAliases }: Model): DataShape {
  return {
    ...(inputNames && { inputNames }),
    ...(outputNames && { outputNames }),
    ...(outputAliases && { outputAliases }),
  };
}

import { KeepfitError, type StateRecord, type StateValue } from '@keepfit/callbacks';
import { crc32 } from '@keepfit/callbacks/checkpoint';
import { checkOptions, formatValue } from '@keepfit/callbacks/internal';
import type * as tf from '@tensorflow/tfjs-core';
import type { MetricDirection } from '../contract/metric.js';
import type { Model, NamedWeight } from '../contract/model.js';
import type { Batch } from '../data/batch-source.js';
import { loadOnDemand } from '../load-on-demand.js';
import { checkLogKeys } from '../objective/log-keys.js';
import type { GivenLists } from '../objective/output-plan.js';
import type { Objective } from '../objective/objective.js';
import type { LogPlan, LogSink } from '../objective/running-logs.js';
import type { OptimizerRole } from '../optimizer/optimizer-role.js';
import { selectWeights, type WeightSelection } from '../optimizer/select-weights.js';
import type { PhasesOptions, TrainStepOptions } from './custom-options.js';
import type { ShardedStep } from './sharded-step.js';
import type { StepTools } from './compute.js';
import type { Step, StepRuns } from './step.js';

/** A step of the user's own, and its optimizers. */
export interface PlannedStep {
  readonly step: Step;
  readonly optimizers: readonly OptimizerRole[];
}

/** What a step of the user's own is planned with. */
export interface StepRequest {
  readonly model: Model;
  /** Finds or makes the optimizer that an option gives. */
  readonly getOptimizer: (given: unknown) => tf.Optimizer;
  readonly createRole: (
    optimizer: tf.Optimizer,
    name?: string,
    trains?: (weight: NamedWeight) => boolean,
  ) => OptimizerRole;
  /** The metrics of the outputs that phases return; undefined for none. */
  readonly metrics: Objective | undefined;
}

/** Loads its two halves before it first runs, because most trainings have a loss and an optimizer. */
class CustomStep implements Step {
  readonly hasFreeData = true;
  readonly readsClassNumbers = [];
  readonly unrecordable = {
    reason: 'phases and trainStep are not recorded',
    canVouch: false,
  };
  readonly description: StateValue;
  readonly given: GivenLists | undefined;
  readonly logPlan: LogPlan;
  readonly #metrics: Objective | undefined;
  readonly #load: () => Promise<StepRuns>;
  #runs: StepRuns | undefined;

  constructor(
    description: StateRecord,
    lossKeys: readonly string[],
    metrics: Objective | undefined,
    load: () => Promise<StepRuns>,
  ) {
    const { keys, stateful } = metrics?.logPlan ?? { keys: [], stateful: new Map() };
    checkLogKeys([...lossKeys.filter((key) => key !== 'loss'), ...keys]);
    this.logPlan = { keys: [...new Set([...lossKeys, ...keys])], stateful };
    this.description = { ...description, ...describeMetrics(metrics) };
    this.given = metrics?.given;
    this.#metrics = metrics;
    this.#load = load;
  }

  /** A key that is `loss` or ends so is a loss. */
  direction(logKey: string): MetricDirection | undefined {
    return /^(val_)?(.*_)?loss$/.test(logKey) ? 'min' : this.#metrics?.direction(logKey);
  }

  async prepare(): Promise<void> {
    this.#runs ??= await loadOnDemand(
      this.#load,
      'the code that computes a step of your own could not be loaded; serve every file of the build',
    );
  }

  get sharded(): ShardedStep | string {
    return this.#runs?.sharded ?? 'it is not prepared';
  }

  train(batch: Batch, logs: LogSink, tools: StepTools): void {
    this.#runs?.train(batch, logs, tools);
  }

  test(batch: Batch, logs: LogSink, tools: StepTools): void {
    this.#runs?.test(batch, logs, tools);
  }
}

/**
 * Plans a step in phases.
 *
 * @throws KEEPFIT_INVALID_OPTION when a phase is not valid, or its weights match none of the model's.
 */
export function planPhases({ phases }: PhasesOptions<unknown>, request: StepRequest): PlannedStep {
  if (!Array.isArray(phases) || phases.length === 0)
    throw invalid(
      `phases must be a list of at least one { name, optimizer, weights, loss }, not ${formatValue(phases)}`,
    );
  phases.forEach((phase, index) =>
    checkOptions(`phases[${index}]`, phase, {
      name: [isName, 'a name of letters, digits, _ and -'],
      optimizer: [() => true, 'an optimizer'],
      weights: [(value) => value !== null, 'a selection of weights'],
      loss: [isFunction, 'a function (batch, { random, training }) => loss'],
    }),
  );
  for (const { name, loss } of phases)
    if (!isFunction(loss) || !isName(name))
      throw invalid(`a phase must have name and loss; the phase ${formatValue(name)} lacks one`);
  const taken = phases.find(({ name }) => /^val(_|$)/.test(name));
  if (taken !== undefined) {
    throw invalid(
      `the phase "${taken.name}" would log "${taken.name}_loss", and logs of validation begin with val_; give it another name`,
    );
  }
  const roles = createRoles('the phase', phases, request);
  const planned = phases.map((phase, index) => ({ phase, role: roles[index] as OptimizerRole }));
  // The loss of the only phase is `loss`.
  const lossKeys = phases.length === 1 ? [] : phases.map(({ name }) => `${name}_loss`);
  const { model, metrics } = request;
  const description = {
    phases: Object.fromEntries(phases.map(({ name, loss }) => [name, describeFunction(loss)])),
    // A record is compared by its keys, and another order trains other numbers.
    ...(phases.length > 1 && { order: phases.map(({ name }) => name) }),
  };
  return {
    optimizers: roles,
    step: new CustomStep(description, ['loss', ...lossKeys], metrics, async () => {
      const { PhasedStep } = await import('./phased-step.js');
      return new PhasedStep({ model, phases: planned, lossKeys, metrics });
    }),
  };
}

/**
 * Plans a step that is `trainStep`.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is not valid, or weights match none of the model's.
 */
export function planTrainStep(options: TrainStepOptions<unknown>, request: StepRequest): PlannedStep {
  const { optimizers, trainStep, testStep } = options;
  const named = Object.entries(optimizers ?? {});
  if (named.length === 0 || Array.isArray(optimizers))
    throw invalid(
      `trainStep needs optimizers by name, such as { generator: 'adam' }, not ${formatValue(optimizers)}`,
    );
  const odd = named.find(([name]) => !isName(name));
  if (odd !== undefined)
    throw invalid(`optimizers must have names of letters, digits, _ and -, not ${formatValue(odd[0])}`);
  for (const [name, given] of named)
    if (hasWeights(given))
      checkOptions(`optimizers.${name}`, given, {
        optimizer: [() => true, 'an optimizer'],
        weights: [(value) => value !== null, 'a selection of weights'],
      });
  const roles = createRoles(
    'the optimizer',
    named.map(([name, given]) => ({ name, ...(hasWeights(given) ? given : { optimizer: given }) })),
    request,
  );
  const { model } = request;
  const description = {
    trainStep: describeFunction(trainStep),
    testStep: testStep === undefined ? null : describeFunction(testStep),
  };
  return {
    optimizers: roles,
    step: new CustomStep(description, ['loss'], undefined, async () => {
      const { OwnStep } = await import('./own-step.js');
      return new OwnStep(model, options, roles);
    }),
  };
}

interface GivenRole {
  readonly name: string;
  readonly optimizer: unknown;
  readonly weights?: WeightSelection | undefined;
}

function createRoles(
  what: string,
  given: readonly GivenRole[],
  { model, getOptimizer, createRole }: StepRequest,
): OptimizerRole[] {
  const twice = given.find(({ name }, index) => given.findIndex((other) => other.name === name) < index);
  if (twice !== undefined) throw invalid(`two phases have the name "${twice.name}"; give each its own`);
  const selections = given.map(({ name, weights }) =>
    selectWeights(`${what} "${name}"`, weights, model.weights),
  );
  // Last, because an optimizer that is made from a name has tensors.
  const optimizers = given.map(({ optimizer }) => getOptimizer(optimizer));
  const shared = optimizers.findIndex((optimizer, index) => optimizers.indexOf(optimizer) < index);
  if (shared >= 0) {
    throw invalid(
      `${what} "${given[shared]?.name}" has the optimizer of another one; its state belongs to its own weights, so make one for each`,
    );
  }
  return given.map(({ name }, index) =>
    createRole(
      optimizers[index] as tf.Optimizer,
      name,
      selections[index] as (weight: NamedWeight) => boolean,
    ),
  );
}

/** Whether it is `{ optimizer, weights }`, and no optimizer itself. */
function hasWeights(given: unknown): given is Omit<GivenRole, 'name'> {
  return typeof given === 'object' && given !== null && 'optimizer' in given && !('applyGradients' in given);
}

function describeMetrics(metrics: Objective | undefined): StateRecord {
  return metrics === undefined ? {} : { metrics: (metrics.description as StateRecord)['metrics'] ?? null };
}

/** A checksum of the source text: another loss is another training. */
function describeFunction(given: (...args: never[]) => unknown): number {
  return crc32(new TextEncoder().encode(Function.prototype.toString.call(given)));
}

/** In checkpoints the name is a part of the names of tensors; in logs it begins a key. */
function isName(value: unknown): boolean {
  return typeof value === 'string' && /^[\w-]+$/.test(value);
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function';
}

function invalid(message: string): KeepfitError {
  return new KeepfitError('KEEPFIT_INVALID_OPTION', message);
}

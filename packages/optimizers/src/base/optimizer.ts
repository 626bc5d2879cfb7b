import { KeepfitError } from '@keepfit/callbacks';
import { formatValue, printWarning, type OptionRule } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import type { TrainedOptimizer } from '../contract/trained-optimizer.js';
import { runUpdate, type Formula } from '../update/run-update.js';
import { plainOps, type UpdateOps } from '../update/update-ops.js';
import { createClips, type Clip } from './clip-gradients.js';
import { fromConfig, toConfig } from './config.js';
import { completeOptions, type OptimizerOptions } from './options.js';
import { StatefulOptimizer } from './stateful-optimizer.js';
import { stripCounters } from './strip-counters.js';
import { assign, findVariable } from './variables.js';

/** Facts of one update. */
export interface UpdateStep {
  /** The learning rate, rounded to float32. */
  readonly rate: number;
  /** The number of the update, counted from 1. */
  readonly count: number;
}

/** The variables of one weight, by their names. */
export type Slots<Value, Name extends string = string> = Readonly<Record<Name, Value>>;

const AVERAGE = 'average';
const SUM = 'gradientAccumulator';

interface Given {
  readonly weight: tf.Variable;
  readonly gradient: tf.Tensor | undefined;
}

type Pair = Given & { readonly gradient: tf.Tensor };

/**
 * What all optimizers have in common, in the order of Keras 3.15: accumulation of gradients, clipping, weight
 * decay, the update, moving averages. To write your own, extend it and override `update`, and `createSlots` if
 * it needs state. It works in `minimize`, `model.compile`, `Trainer` and `fit`, and resumes exactly.
 *
 * Weights may come later: their slots begin at their first step. Frozen weights are left alone, and keep their
 * slots. `Value` is a tensor, unless `isElementwise` is true.
 */
export abstract class Optimizer<Settings extends object = object, Value = tf.Tensor>
  extends StatefulOptimizer
  implements TrainedOptimizer
{
  /** All options, with their defaults; without the learning rate. */
  protected readonly settings: Readonly<Settings & Omit<OptimizerOptions, 'learningRate'>>;
  /**
   * Whether `update` computes with nothing but the `ops` that it is given. A backend of keepfit then computes
   * it in one pass over memory. Otherwise `update` may use any op of tfjs.
   */
  protected readonly isElementwise: boolean = false;
  #names: ReadonlyMap<tf.Variable, string> | undefined;
  #areNamesChecked = false;

  /**
   * @param options what the user gave
   * @param defaults all options that this class has beside the common ones, and their defaults
   * @param rules for options that may be something else than a number of the default's sign or a flag
   * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
   */
  constructor(
    options: OptimizerOptions & Partial<Settings>,
    defaults: Settings & OptimizerOptions,
    rules?: Readonly<Record<string, OptionRule>>,
  ) {
    const { learningRate, ...settings } = completeOptions(
      (new.target as { className?: string }).className ?? new.target.name,
      options,
      { learningRate: 0.001, useEma: false, emaMomentum: 0.99, ...defaults },
      rules,
    );
    super(learningRate);
    this.settings = settings as unknown as typeof this.settings;
  }

  /**
   * Computes a weight's new value and new slots from the old ones. Runs in `tf.tidy`.
   *
   * @param gradient the clipped gradient
   * @returns the value `weight`, and each slot by its name
   */
  protected abstract update(
    ops: UpdateOps<Value>,
    weight: Value,
    gradient: Value,
    slots: Slots<Value>,
    step: UpdateStep,
  ): Readonly<Record<string, Value>>;

  /** Creates the slots of a weight. Runs in `tf.tidy` before the weight's first step. */
  protected createSlots(_weight: tf.Variable): Slots<tf.Tensor> {
    return {};
  }

  /** Changes `numbers`, before the weights of an update. */
  protected beginUpdate(_step: UpdateStep): void {}

  /** The weight decay of a weight. */
  protected getWeightDecay(weight: tf.Variable): number | undefined {
    return this.matches(this.settings.excludeFromWeightDecay, weight) ? undefined : this.settings.weightDecay;
  }

  /** All patterns that are compared to names of weights. */
  protected listPatterns(): readonly string[] {
    return this.settings.excludeFromWeightDecay ?? [];
  }

  /** The stable name of a weight; without one tfjs' name without its counter. */
  protected nameOf(weight: tf.Variable): string {
    return this.#names?.get(weight) ?? stripCounters(weight.name);
  }

  protected matches(patterns: readonly string[] | undefined, weight: tf.Variable): boolean {
    return (patterns ?? []).some((pattern) => new RegExp(pattern).test(this.nameOf(weight)));
  }

  /** The number of updates. With `gradientAccumulationSteps`, several steps make one. */
  override get iterations(): number {
    return Math.floor(this.steps / (this.settings.gradientAccumulationSteps ?? 1));
  }

  protected override incrementIterations(): void {
    this.steps++;
  }

  /** @throws KEEPFIT_INVALID_OPTION when no weight has a gradient, or a gradient has another shape than its weight. */
  override applyGradients(gradients: tf.NamedTensorMap | { name: string; tensor: tf.Tensor }[]): void {
    const named = Array.isArray(gradients)
      ? gradients
      : Object.entries(gradients).map(([name, tensor]) => ({ name, tensor }));
    // tfjs' minimize gives a weight on which the loss does not depend as undefined.
    const given = named.map(({ name, tensor }) => ({
      weight: findVariable(name),
      gradient: tensor as tf.Tensor | undefined,
    }));
    if (given.length > 0) tf.tidy(() => this.#step(given));
  }

  #step(given: readonly Given[]): void {
    const { gradientAccumulationSteps: every = 1, useEma } = this.settings;
    const pairs = given.flatMap(({ weight, gradient }) => (gradient ? [{ weight, gradient }] : []));
    for (const pair of pairs) checkShape(pair);
    // First, because a state that waits for the weights has the count of steps.
    this.#prepare(given.map(({ weight }) => weight).filter(({ trainable }) => trainable));
    const step = { rate: Math.fround(this.learningRate), count: this.iterations + 1 };
    if (pairs.length === 0)
      throw new KeepfitError('KEEPFIT_INVALID_OPTION', 'no weight has a gradient: the loss depends on none');
    if (every === 1) this.#update(pairs, step);
    else this.#accumulate(pairs, step, every);
    if (useEma) this.#average();
    this.incrementIterations();
  }

  /** Adds the gradients up, and updates with their mean if it is time. */
  #accumulate(pairs: readonly Pair[], step: UpdateStep, every: number): void {
    const sums = pairs.map(({ weight, gradient }) => {
      const sum = this.table.get(weight)[SUM];
      return { weight, gradient: sum === undefined ? gradient : tf.add(gradient, sum) };
    });
    const isDue = (this.steps + 1) % every === 0;
    if (isDue)
      this.#update(
        sums.map(({ weight, gradient }) => ({ weight, gradient: tf.div(gradient, every) })),
        step,
      );
    else for (const { weight, gradient } of sums) this.table.get(weight)[SUM]?.assign(gradient);
    for (const weight of isDue ? this.table.weights() : [])
      this.table.get(weight)[SUM]?.assign(tf.zerosLike(weight));
  }

  #update(pairs: readonly Pair[], step: UpdateStep): void {
    const clips = createClips(
      this.settings,
      pairs.map(({ gradient }) => gradient),
    );
    this.beginUpdate(step);
    pairs.forEach(({ weight, gradient }, index) => {
      const { [AVERAGE]: _, [SUM]: __, ...slots } = this.table.get(weight);
      const names = Object.keys(slots);
      const decay = this.getWeightDecay(weight);
      const formula: Formula = <V>(ops: UpdateOps<V>, [before, raw, ...values]: readonly V[]) => {
        const clip = clips[index] as Clip;
        const start = before as V;
        const next = (this as unknown as Optimizer<Settings, V>).update(
          ops,
          decay === undefined ? start : ops.sub(start, ops.mul(ops.mul(start, decay), step.rate)),
          clip(ops, raw as V),
          Object.fromEntries(names.map((name, at) => [name, values[at] as V])),
          step,
        );
        return ['weight', ...names].map((name) => next[name] as V);
      };
      const variables = [weight, ...Object.values(slots)];
      const tensors = [weight, gradient, ...Object.values(slots)];
      const results = this.isElementwise ? runUpdate(tensors, formula) : formula(plainOps, tensors);
      variables.forEach((variable, at) => assign(variable, results[at]));
    });
  }

  #average(): void {
    const { emaMomentum = 0.99, emaOverwriteFrequency: frequency } = this.settings;
    // At first the average is the weight.
    const momentum = this.iterations === 0 ? 0 : Math.fround(emaMomentum);
    for (const weight of this.table.weights()) {
      const average = this.table.get(weight)[AVERAGE];
      if (average === undefined || !weight.trainable) continue;
      const [next] = runUpdate([average, weight], <V>(ops: UpdateOps<V>, [before, value]: readonly V[]) => [
        ops.add(ops.mul(before as V, momentum), ops.mul(value as V, 1 - momentum)),
      ]);
      assign(average, next);
      if (frequency !== undefined && (this.iterations + 1) % frequency === 0) weight.assign(average);
    }
  }

  /** Gives the weights their moving averages, if there are any. The state stays as it is. */
  finalizeWeights(weights: readonly tf.Variable[]): void {
    for (const weight of weights.filter((known) => this.table.weights().includes(known))) {
      const average = this.table.get(weight)[AVERAGE];
      if (average !== undefined && weight.trainable) weight.assign(average);
    }
  }

  nameWeights(names: ReadonlyMap<tf.Variable, string>): void {
    this.#names = names;
    const weights = [...names.keys()];
    this.#checkNames(weights);
    this.bind(weights.filter(({ trainable }) => trainable));
  }

  /** Makes the slots of weights that are new. */
  #prepare(weights: readonly tf.Variable[]): void {
    this.#checkNames(weights);
    this.table.dropDisposed();
    this.bind(weights);
    for (const weight of weights) this.table.get(weight);
  }

  protected createAllSlots(weight: tf.Variable): Record<string, tf.Tensor> {
    const { useEma, gradientAccumulationSteps } = this.settings;
    return {
      ...this.createSlots(weight),
      ...(useEma && { [AVERAGE]: weight }),
      ...(gradientAccumulationSteps && { [SUM]: tf.zerosLike(weight) }),
    };
  }

  #checkNames(weights: readonly tf.Variable[]): void {
    if (this.#areNamesChecked) return;
    this.#areNamesChecked = true;
    for (const pattern of this.listPatterns())
      if (!weights.some((weight) => this.matches([pattern], weight)))
        printWarning(
          `${this.getClassName()}: ${formatValue(pattern)} matches no weight of ${weights.map((weight) => this.nameOf(weight)).join(', ')}`,
        );
  }

  /** The options without the learning rate, as data. */
  getSettings(): Readonly<Record<string, unknown>> {
    return { ...this.settings };
  }

  /** @throws KEEPFIT_INVALID_OPTION when the schedule is a function, which cannot be saved. */
  override getConfig(): tf.serialization.ConfigDict {
    return toConfig(this.schedule ?? this.learningRate, this.getSettings());
  }

  /** Creates an optimizer from what `getConfig` returned. A schedule needs `registerOptimizers()` before. */
  static override fromConfig<T extends tf.serialization.Serializable>(
    cls: tf.serialization.SerializableConstructor<T>,
    config: tf.serialization.ConfigDict,
  ): T {
    return new cls(fromConfig(config));
  }
}

function checkShape({ weight: { name, shape }, gradient }: Pair): void {
  if (String(gradient.shape) !== String(shape))
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      `the gradient of ${name} must be a tensor of shape [${shape}], not ${formatValue(gradient.shape)}`,
    );
}

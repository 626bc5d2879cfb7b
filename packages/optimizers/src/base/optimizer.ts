import {
  completeOptions,
  formatValue,
  printWarning,
  refuseOption,
  type OptionRule,
} from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import type { TrainedOptimizer } from '../contract/trained-optimizer.js';
import { runUpdate, type Formula } from '../update/run-update.js';
import { plainOps, type UpdateOps } from '../update/update-ops.js';
import { createClip } from './clip-gradients.js';
import { fromConfig, toConfig } from './config.js';
import { AVERAGE, moveAverages, takeAverages } from './moving-average.js';
import { RULES, type OptimizerOptions } from './options.js';
import { StatefulOptimizer } from './stateful-optimizer.js';
import { stripCounters } from './strip-counters.js';
import { assign, findPairs, type Pair } from './variables.js';

/** Facts of one update. */
export interface UpdateStep {
  /** The learning rate, rounded to float32. */
  readonly rate: number;
  /** The number of the update, counted from 1. */
  readonly count: number;
}

/** The variables of one weight, by their names. */
export type Slots<Value, Name extends string = string> = Readonly<Record<Name, Value>>;

const SUM = 'gradientAccumulator';

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
  protected readonly settings: Readonly<
    Settings &
      Omit<OptimizerOptions, 'learningRate'> &
      Required<Pick<OptimizerOptions, 'useEma' | 'emaMomentum'>>
  >;
  /**
   * Whether `update` computes with nothing but the `ops` that it is given. A backend of keepfit then computes
   * it in one pass over memory. Otherwise `update` may use any op of tfjs.
   */
  protected readonly isElementwise: boolean = false;
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
      { ...RULES, ...rules },
      ['clipnorm', 'clipvalue', 'globalClipnorm'],
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
    return this.names?.get(weight) ?? stripCounters(weight.name);
  }

  protected matches(patterns: readonly string[] = [], weight: tf.Variable): boolean {
    return patterns.some((pattern) => new RegExp(pattern).test(this.nameOf(weight)));
  }

  /** The number of updates. With `gradientAccumulationSteps`, several steps make one. */
  override get iterations(): number {
    return Math.floor(this.steps / (this.settings.gradientAccumulationSteps ?? 1));
  }

  protected override incrementIterations(): void {
    this.steps++;
  }

  /**
   * @throws KEEPFIT_INVALID_OPTION when no weight has a gradient, a weight has two, a gradient has another shape
   * than its weight or is disposed, a weight with a gradient is not float32, or the optimizer is disposed.
   */
  override applyGradients(gradients: tf.NamedTensorMap | { name: string; tensor: tf.Tensor }[]): void {
    const pairs = findPairs(gradients);
    if (pairs.length > 0) tf.tidy(() => this.#step(pairs));
  }

  #step(given: readonly Pair[]): void {
    // tfjs' minimize gives a weight on which the loss does not depend as undefined.
    const pairs = given.filter(([, gradient]) => gradient as tf.Tensor | undefined);
    for (const [weight, gradient] of pairs) checkGradient(this.labelOf(weight), weight, gradient);
    // First, because a state that waits for the weights has the count of steps.
    const weights = given.map(([weight]) => weight).filter(isTrained);
    this.#checkNames(weights);
    this.dropDisposed();
    this.bind(weights);
    this.prepareSlots(weights);
    const step = { rate: Math.fround(this.learningRate), count: this.iterations + 1 };
    if (pairs.length === 0) refuseOption('no weight has a gradient: the loss depends on none');
    this.#accumulate(pairs, step);
    moveAverages(this.slots, this.settings, step.count);
    this.incrementIterations();
  }

  /** Updates, with the mean of the gradients of several steps if it is to accumulate and the last of them is due. */
  #accumulate(pairs: readonly Pair[], step: UpdateStep): void {
    const { gradientAccumulationSteps: every } = this.settings;
    if (every === undefined) {
      this.#update(pairs, step);
      return;
    }
    const sums = pairs.map(([weight, gradient]) => {
      const sum = this.slotsOf(weight)[SUM];
      return [weight, sum ? tf.add(gradient, sum) : gradient] as const;
    });
    const isDue = (this.steps + 1) % every === 0;
    if (isDue)
      this.#update(
        sums.map(([weight, sum]) => [weight, tf.div(sum, every)]),
        step,
      );
    const next = isDue
      ? [...this.slots.keys()].map((weight) => [weight, tf.zerosLike(weight)] as const)
      : sums;
    for (const [weight, sum] of next) this.slotsOf(weight)[SUM]?.assign(sum);
  }

  #update(pairs: readonly Pair[], step: UpdateStep): void {
    const clip = createClip(
      this.settings,
      pairs.map(([, gradient]) => gradient),
    );
    this.beginUpdate(step);
    for (const [weight, gradient] of pairs) {
      const { [AVERAGE]: _, [SUM]: __, ...slots } = this.slotsOf(weight);
      const names = Object.keys(slots);
      const variables = [weight, ...Object.values(slots)];
      const decay = this.getWeightDecay(weight);
      const formula: Formula = <V>(ops: UpdateOps<V>, values: readonly V[]) => {
        const [raw, before, ...old] = values as readonly [V, V, ...V[]];
        const next = (this as unknown as Optimizer<Settings, V>).update(
          ops,
          decay ? ops.sub(before, ops.mul(ops.mul(before, decay), step.rate)) : before,
          clip(ops, raw, gradient),
          Object.fromEntries(names.map((name, at) => [name, old[at] as V])),
          step,
        );
        return ['weight', ...names].map((name) => next[name] as V);
      };
      const tensors = [gradient, ...variables];
      const results = this.isElementwise ? runUpdate(tensors, formula) : formula(plainOps, tensors);
      variables.forEach((variable, at) => assign(variable, results[at]));
    }
  }

  /**
   * Gives the weights their moving averages, if there are any. The state stays as it is.
   *
   * @throws KEEPFIT_INVALID_OPTION when it is given no array.
   */
  finalizeWeights(weights: readonly tf.Variable[]): void {
    if (!Array.isArray(weights))
      refuseOption(`finalizeWeights needs an array of weights, not ${formatValue(weights)}`);
    takeAverages(weights, this.slots);
  }

  nameWeights(names: ReadonlyMap<tf.Variable, string>): void {
    this.names = names;
    const weights = [...names.keys()];
    this.#checkNames(weights);
    this.bind(weights.filter(isTrained));
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
          `keepfit: ${this.getClassName()}: ${formatValue(pattern)} matches no weight of ${weights.map((weight) => this.nameOf(weight)).join(', ')}`,
        );
  }

  /** The options without the learning rate, as data. */
  getSettings(): Readonly<Record<string, unknown>> {
    return { ...this.settings };
  }

  /** @throws KEEPFIT_INVALID_OPTION when the schedule is a function, which cannot be saved. */
  override getConfig(): tf.serialization.ConfigDict {
    return toConfig({ learningRate: this.schedule ?? this.learningRate, ...this.getSettings() });
  }

  /** Creates an optimizer from what `getConfig` returned. A schedule needs `registerOptimizers()` before. */
  static override fromConfig<T extends tf.serialization.Serializable>(
    cls: tf.serialization.SerializableConstructor<T>,
    config: tf.serialization.ConfigDict,
  ): T {
    return new cls(fromConfig(config));
  }
}

const isTrained = ({ trainable, dtype }: tf.Variable): boolean => trainable && dtype === 'float32';

function checkGradient(name: string, { shape, dtype }: tf.Variable, gradient: tf.Tensor): void {
  if (dtype !== 'float32') refuseOption(`${name} is ${dtype}, and only float32 weights can be trained`);
  if (gradient.isDisposed || String(gradient.shape) !== String(shape))
    refuseOption(
      `the gradient of ${name} must be a tensor of shape [${shape}], not ${gradient.isDisposed ? 'a disposed one' : formatValue(gradient.shape)}`,
    );
}

import type * as tf from '@tensorflow/tfjs-core';
import type { Model } from './contract/model.js';
import { kerasNames, type MetricName } from './keras-names.js';
import type { LossName } from './losses/get-loss.js';
import type {
  LossOption as CoreLossOption,
  MetricOption as CoreMetricOption,
  ObjectiveOptions as CoreObjectiveOptions,
} from './objective/output-plan.js';
import type { OptimizerName } from './optimizer/get-optimizer.js';
import { CoreTrainer, type TargetRule } from './trainer.js';
import type {
  PhasesOptions as CorePhasesOptions,
  TrainStepOptions as CoreTrainStepOptions,
} from './steps/custom-options.js';
import type { TrainerOptions as CoreTrainerOptions } from './trainer-options.js';

/** A loss by Keras name, or a function. */
export type LossOption = CoreLossOption<LossName>;
/** A metric by Keras name, a function of values, or an object. */
export type MetricOption = CoreMetricOption<MetricName>;
/** The losses that a training minimizes, and the metrics that it reports. */
export type ObjectiveOptions = CoreObjectiveOptions<LossName, MetricName>;

type OptimizerOption = tf.Optimizer | OptimizerName;

/** What a `Trainer` trains with: an optimizer, a loss and metrics. */
export interface TrainerOptions extends ObjectiveOptions, Pick<CoreTrainerOptions, 'stepsPerExecution'> {
  /**
   * An optimizer, such as `adamW({ weightDecay: 0.01 })` of `@keepfit/optimizers` or `tf.train.adam(0.01)`, or the
   * Keras name of one, with Keras' defaults.
   */
  readonly optimizer: OptimizerOption;
}

/** The options of a `Trainer` with phases. Its metrics compare the outputs that a phase returns with the targets. */
export interface PhasedTrainerOptions
  extends
    CorePhasesOptions<OptimizerOption>,
    Pick<ObjectiveOptions, 'metrics'>,
    Pick<CoreTrainerOptions, 'stepsPerExecution'> {}

/** The options of a `Trainer` with a step of your own. */
export interface OwnStepTrainerOptions
  extends CoreTrainStepOptions<OptimizerOption>, Pick<CoreTrainerOptions, 'stepsPerExecution'> {}

type AnyTrainerOptions = TrainerOptions | PhasedTrainerOptions | OwnStepTrainerOptions;

/**
 * Trains a model as Keras' `compile` and `fit` do. With a `BackupAndRestore` callback, a training that was
 * killed continues bit for bit.
 *
 * ```ts
 * const trainer = new Trainer(model, { optimizer: 'adam', loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
 * const history = await trainer.fit(x, y, { epochs: 5, validationSplit: 0.1 });
 * ```
 */
class NamedTrainer<Targets extends TargetRule = 'required'> extends CoreTrainer<Targets> {
  /** @throws KEEPFIT_INVALID_OPTION when the model or an option is not valid, or a name is not known. */
  constructor(model: Model, options: AnyTrainerOptions) {
    // The names find the strings that the core's own type does not allow.
    super(model, options as CoreTrainerOptions, kerasNames);
  }

  /** See `compile` of the core's `Trainer`: here with losses, metrics and an optimizer by name too. */
  override compile(options: AnyTrainerOptions): void {
    super.compile(options as CoreTrainerOptions);
  }
}

/** Data must have targets, unless the step is the user's own. */
interface TrainerConstructor {
  new (model: Model, options: TrainerOptions): NamedTrainer;
  // With a type parameter, so that a class can extend the other one.
  new <Targets extends TargetRule>(
    model: Model,
    options: PhasedTrainerOptions | OwnStepTrainerOptions,
  ): NamedTrainer<Targets>;
}

export type Trainer<Targets extends TargetRule = 'required'> = NamedTrainer<Targets>;
export const Trainer: TrainerConstructor = NamedTrainer;

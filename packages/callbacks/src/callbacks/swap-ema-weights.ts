import { checkOptions, isBoolean } from '../checks/check-options.js';
import { checkSavedWeights, readState, WEIGHTS } from '../checks/read-state.js';
import { KeepfitError } from '../contract/keepfit-error.js';
import type { Capture, StateRecord } from '../contract/state.js';
import { Callback } from './callback.js';

export interface SwapEMAWeightsOptions {
  /**
   * Keep the averaged weights in the model from each epoch's end to the next epoch's begin, so that callbacks
   * after this one in the list, such as ModelCheckpoint, see them.
   *
   * @default false
   */
  readonly swapOnEpoch?: boolean;
  /**
   * The share of the average that stays at each batch, from 0 to below 1. Lower it if training has few
   * batches. Not for an optimizer with `useEma`, which has `emaMomentum`.
   *
   * @default 0.99
   */
  readonly momentum?: number;
}

/**
 * Evaluates, predicts and ends with an exponential moving average of the weights, while training continues
 * with the weights themselves.
 *
 * ```ts
 * new SwapEMAWeights({ momentum: 0.999 })
 * ```
 *
 * As in Keras, the average is the one that an optimizer with `useEma` keeps. If the training has several
 * optimizers, those without `useEma` then have no average. If no optimizer has `useEma`, this callback keeps the
 * average. Then it starts as the weights after the first batch, and is updated after each batch:
 * `momentum * average + (1 - momentum) * weights`. If `stepsPerExecution` trains n batches at once, it is
 * updated once for them, by `momentum ** n`. Untrainable weights are not averaged. When training ends
 * normally, the averaged weights stay in the model; if fit fails, the trained ones do. Put it before
 * callbacks that set the weights when training ends, such as EarlyStopping with `restoreBestWeights`, so that
 * these have the last word.
 *
 * An average of its own takes the memory of one more set of weights, and space for them in each checkpoint; while
 * swapped, one more. Unlike in Keras, the trained weights return to the model after a prediction too, and each fit
 * starts a new average of its own.
 *
 * Remembers, also across a crash: the average, and while it is in the model the trained weights.
 */
export class SwapEMAWeights extends Callback {
  override readonly name = 'SwapEMAWeights';
  override readonly batchLogs = false;

  readonly #swapOnEpoch: boolean;
  readonly #momentum: number | undefined;
  /** Whether the optimizer keeps the average. */
  #isOptimizers = false;
  #average: Capture | undefined;
  /** The trained weights while the average is in the model. */
  #trained: Capture | undefined;
  #firstBatch = 0;
  #hasEnded = false;

  /** @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid. */
  constructor(options: SwapEMAWeightsOptions = {}) {
    super();
    checkOptions('SwapEMAWeights', options, {
      swapOnEpoch: [isBoolean, 'true or false'],
      momentum: [
        (value) => typeof value === 'number' && value >= 0 && value < 1,
        'a number of at least 0 and below 1',
      ],
    });
    this.#swapOnEpoch = options.swapOnEpoch ?? false;
    this.#momentum = options.momentum;
  }

  override getState(): StateRecord {
    return { average: this.#average ?? null, trained: this.#trained ?? null };
  }

  /** @throws KEEPFIT_CHECKPOINT_CORRUPT when the state is not one of this callback and model. */
  override setState(state: StateRecord): void {
    const { average, trained } = readState(this.name, state, { average: WEIGHTS, trained: WEIGHTS });
    if (average !== null) checkSavedWeights(this.name, 'average', average, this.model);
    if (trained !== null) checkSavedWeights(this.name, 'trained', trained, this.model);
    this.#keepAverage(average?.clone());
    this.#keepTrained(trained?.clone());
  }

  /**
   * @throws KEEPFIT_INVALID_STATE when the trainer cannot average weights.
   * @throws KEEPFIT_INVALID_OPTION when both the optimizer and the option `momentum` would average.
   */
  override onTrainBegin(): void {
    const named = Object.values(this.model.optimizers);
    const optimizer = (named.length > 0 ? named : [this.model.optimizer]).find(
      ({ config }) => config['useEma'] === true,
    );
    this.#isOptimizers = optimizer !== undefined;
    const needed = this.#isOptimizers ? 'captureFinalWeights' : 'averageWeights';
    if (this.model[needed] === undefined) {
      const message = `SwapEMAWeights needs a trainer that can average weights, but this one has no ${needed} in its TrainerView`;
      throw new KeepfitError('KEEPFIT_INVALID_STATE', message);
    }
    if (optimizer !== undefined && this.#momentum !== undefined) {
      throw new KeepfitError(
        'KEEPFIT_INVALID_OPTION',
        `SwapEMAWeights has momentum ${this.#momentum}, but the optimizer ${optimizer.className} has useEma, so the average is its own; ` +
          'give the optimizer emaMomentum, and leave momentum out',
      );
    }
    this.#forget();
    this.model.defer(async () => {
      try {
        if (!this.#hasEnded) await this.#swapOut();
      } finally {
        this.#forget();
      }
    });
  }

  override async onEpochBegin(): Promise<void> {
    // Also without swapOnEpoch: a raised `epochs` continues a training that had ended.
    await this.#swapOut();
  }

  override onTrainBatchBegin(batch: number): void {
    this.#firstBatch = batch;
  }

  override async onTrainBatchEnd(batch: number): Promise<void> {
    if (this.#isOptimizers) return;
    const momentum = (this.#momentum ?? 0.99) ** (batch - this.#firstBatch + 1);
    this.#keepAverage(await this.model.averageWeights?.(this.#average, momentum));
  }

  override async onEpochEnd(): Promise<void> {
    if (this.#swapOnEpoch) await this.#swapIn();
  }

  override async onTestBegin(): Promise<void> {
    await this.#swapIn();
  }

  override async onTestEnd(): Promise<void> {
    await this.#swapOut();
  }

  override async onPredictBegin(): Promise<void> {
    await this.#swapIn();
  }

  override async onPredictEnd(): Promise<void> {
    await this.#swapOut();
  }

  override async onTrainEnd(): Promise<void> {
    // An optimizer's own average is in the model already.
    if (!this.#isOptimizers) await this.#swapIn();
    this.#hasEnded = true;
  }

  async #swapIn(): Promise<void> {
    if (this.#trained !== undefined) return;
    const average = this.#isOptimizers ? this.model.captureFinalWeights?.() : this.#average?.clone();
    if (average === undefined) return;
    try {
      this.#trained = this.model.captureWeights();
      await this.model.restoreWeights(average);
    } finally {
      average.dispose();
    }
  }

  async #swapOut(): Promise<void> {
    if (this.#trained === undefined) return;
    await this.model.restoreWeights(this.#trained);
    this.#keepTrained(undefined);
  }

  #forget(): void {
    this.#keepAverage(undefined);
    this.#keepTrained(undefined);
    this.#hasEnded = false;
  }

  #keepAverage(average: Capture | undefined): void {
    this.#average?.dispose();
    this.#average = average;
  }

  #keepTrained(trained: Capture | undefined): void {
    this.#trained?.dispose();
    this.#trained = trained;
  }
}

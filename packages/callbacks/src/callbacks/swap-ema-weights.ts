import { checkOptions, isBoolean } from '../checks/check-options.js';
import { KeepfitError } from '../contract/keepfit-error.js';
import type { Capture, StateRecord } from '../contract/state.js';
import { Callback } from './callback.js';

export interface SwapEMAWeightsOptions {
  /**
   * Have the averaged weights in the model from each epoch's end to the next one's begin too, so that callbacks after this one in the
   * list, such as ModelCheckpoint, see them.
   *
   * @default false
   */
  swapOnEpoch?: boolean;
  /** How much of the average stays at each batch, from 0 to below 1. Lower it where training has few batches. @default 0.99 */
  momentum?: number;
}

/**
 * Evaluates, predicts and ends with an exponential moving average of the weights, while training goes on with the weights themselves.
 *
 * ```ts
 * new SwapEMAWeights({ momentum: 0.999 })
 * ```
 *
 * The average begins as the weights after the first batch, and moves on after each batch: `momentum * average + (1 - momentum) * weights`.
 * Where `stepsPerExecution` trains n batches at once, it moves on once for them, by `momentum ** n`. Weights that are not trained are not
 * averaged. When training ends by itself, the averaged weights stay in the model; where fit fails, the trained ones do. Put it before
 * callbacks that set the weights when training ends, such as EarlyStopping with `restoreBestWeights`, so that these have the last word.
 *
 * After Keras' callback of the same name, which finds the average in an optimizer with `use_ema` and `ema_momentum`. tfjs' optimizers have
 * none, so this one keeps it; it costs the memory of one more set of weights, while swapped of two, and room for them in each checkpoint.
 * Other than in Keras, the trained weights are back in the model also after a prediction, and each fit begins a new average.
 *
 * Remembers, also across a crash: the average, and while it is in the model the trained weights.
 */
export class SwapEMAWeights extends Callback {
  readonly name = 'SwapEMAWeights';
  readonly batchLogs = false;

  readonly #swapOnEpoch: boolean;
  readonly #momentum: number;
  #average: Capture | undefined;
  /** The trained weights while the average is in the model. */
  #trained: Capture | undefined;
  #firstBatch = 0;
  #hasEnded = false;

  /** @throws KEEPFIT_INVALID_OPTION */
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
    this.#momentum = options.momentum ?? 0.99;
  }

  getState(): StateRecord {
    return { average: this.#average ?? null, trained: this.#trained ?? null };
  }

  setState(state: StateRecord): void {
    this.#keepAverage((state['average'] as Capture | null)?.clone());
    this.#keepTrained((state['trained'] as Capture | null)?.clone());
  }

  /** @throws KEEPFIT_INVALID_STATE where the trainer cannot average weights. */
  onTrainBegin(): void {
    if (this.model.averageWeights === undefined) {
      const message =
        'SwapEMAWeights needs a trainer that can average weights (averageWeights of its TrainerView), and this one cannot';
      throw new KeepfitError('KEEPFIT_INVALID_STATE', message);
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

  async onEpochBegin(): Promise<void> {
    // Also without swapOnEpoch: a training that had ended is continued where `epochs` was raised.
    await this.#swapOut();
  }

  onTrainBatchBegin(batch: number): void {
    this.#firstBatch = batch;
  }

  async onTrainBatchEnd(batch: number): Promise<void> {
    const momentum = this.#momentum ** (batch - this.#firstBatch + 1);
    this.#keepAverage(await this.model.averageWeights?.(this.#average, momentum));
  }

  async onEpochEnd(): Promise<void> {
    if (this.#swapOnEpoch) await this.#swapIn();
  }

  async onTestBegin(): Promise<void> {
    await this.#swapIn();
  }

  async onTestEnd(): Promise<void> {
    await this.#swapOut();
  }

  async onPredictBegin(): Promise<void> {
    await this.#swapIn();
  }

  async onPredictEnd(): Promise<void> {
    await this.#swapOut();
  }

  async onTrainEnd(): Promise<void> {
    await this.#swapIn();
    this.#hasEnded = true;
  }

  async #swapIn(): Promise<void> {
    if (this.#average === undefined || this.#trained !== undefined) return;
    this.#trained = this.model.captureWeights();
    await this.model.restoreWeights(this.#average);
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

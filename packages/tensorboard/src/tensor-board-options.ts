import { checkOptions, isBoolean, isCount, isPositiveInteger } from '@keepfit/callbacks/internal';

export interface TensorBoardOptions {
  /**
   * The interval in epochs between histograms of the weights; 0: never. Each reads all weights back from the
   * device.
   *
   * @default 0
   */
  readonly histogramFreq?: number;
  /**
   * Write losses and metrics at each epoch's end only, or also each time this many batches were trained;
   * `'batch'` is 1. If batches are written, every batch waits for its logs.
   *
   * @default 'epoch'
   */
  readonly updateFreq?: 'epoch' | 'batch' | number;
  /** Write the number of batches per second, in each epoch and at each update of a batch. @default false */
  readonly writeStepsPerSecond?: boolean;
  /**
   * Append to the content of the sinks instead of replacing it. Do not use it if a kill may have torn their
   * end.
   *
   * @default false
   */
  readonly append?: boolean;
  /** Returns the wall time of the points, in milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
}

/** @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid. */
export function checkTensorBoardOptions(options: TensorBoardOptions): void {
  checkOptions('TensorBoard', options, {
    histogramFreq: [isCount, 'a number of epochs, or 0'],
    updateFreq: [
      (value) => value === 'epoch' || value === 'batch' || isPositiveInteger(value),
      '"epoch", "batch" or a positive integer',
    ],
    writeStepsPerSecond: [isBoolean, 'true or false'],
    append: [isBoolean, 'true or false'],
    now: [(value) => typeof value === 'function', 'a function that returns milliseconds'],
  });
}

import { checkOptions } from '../checks/check-options.js';
import type { CallbackHooks, CallbackParams, LogValues } from '../contract/callback-hooks.js';
import type { TrainerView } from '../contract/trainer-view.js';
import {
  PlainDisplay,
  type ProgressDisplay,
  type ProgressOutput,
  createOptionalOutput,
  getStandardOutput,
  TerminalDisplay,
} from './progress-display.js';
import type { Progress } from './progress-line.js';
import { StepClock } from './step-clock.js';

export interface ProgbarLoggerOptions {
  /**
   * The output of the progress.
   *
   * @default the process' standard output if there is one, else lines in the console
   */
  readonly output?: ProgressOutput;
  /** Returns the time in milliseconds, from any origin. @default Date.now */
  readonly now?: () => number;
}

/**
 * Shows the progress of training, and of a separate evaluation or prediction, as Keras does.
 *
 * On a terminal a bar is drawn in place, at most ten times a second:
 * ```
 * Epoch 3/10
 *  17/469 ━╸────────────────── 12s 25ms/step - accuracy: 0.9012 - loss: 0.3123
 * ```
 * Elsewhere only whole lines are written: one at the end of each epoch, and in long epochs some in between:
 * ```
 * Epoch 3/10 - 469/469 - 13s - 25ms/step - accuracy: 0.9341 - loss: 0.2217 - val_accuracy: 0.9420 - val_loss: 0.2009
 * ```
 * `verbose` of the training chooses: 0 silent, 1 bar, 2 one line per epoch. During an epoch the line shows
 * the remaining time; at the end it shows the elapsed time, including validation. The time per step covers
 * training alone, without the first execution; in a resumed epoch it covers the batches since the resume.
 *
 * Other output to the terminal in mid-epoch lands behind the bar: begin it with a line break, as Keras'
 * callbacks do. If training throws, the bar's line is completed when fit settles. The last line of an epoch is
 * continued on further lines if the terminal is too narrow for it.
 *
 * An output that fails never ends a training. If the reader of standard output has gone, as after `| head`, or
 * the terminal is closed, the progress is not shown any more; another output that throws is warned about once.
 */
export class ProgbarLogger implements CallbackHooks {
  readonly name = 'ProgbarLogger';
  readonly batchLogs = 'latest';

  readonly #output: ProgressOutput;
  readonly #now: () => number;
  #params: CallbackParams = { verbose: 0, epochs: 1, steps: null };
  #model: TrainerView | undefined;
  #isInFit = false;
  #learnedSteps: number | undefined;
  #clock = new StepClock(0);
  #display: ProgressDisplay | undefined;
  #logs: LogValues = {};

  /** @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid. */
  constructor(options: ProgbarLoggerOptions = {}) {
    checkOptions('ProgbarLogger', options, {
      output: [isOutput, 'an object with write(text) and isTerminal'],
      now: [(value) => typeof value === 'function', 'a function that returns milliseconds'],
    });
    this.#output = options.output ? createOptionalOutput(options.output) : getStandardOutput();
    this.#now = options.now ?? Date.now;
  }

  setModel(model: TrainerView): void {
    this.#model = model;
  }

  setParams(params: CallbackParams): void {
    this.#params = params;
  }

  onTrainBegin(): void {
    this.#isInFit = true;
    this.#learnedSteps = undefined;
    this.#model?.defer(() => this.#leave());
  }

  onEpochBegin(epoch: number): void {
    const { epochs } = this.#params;
    this.#begin(epochs > 1 ? `Epoch ${epoch + 1}/${epochs}` : '');
  }

  onTrainBatchBegin(batch: number): void {
    this.#clock.begin(batch);
  }

  onTrainBatchEnd(batch: number, logs: LogValues): void {
    this.#step(batch, logs);
  }

  onEpochEnd(_epoch: number, logs: LogValues): void {
    this.#finish(logs);
    if (this.#model?.stopTraining !== true && this.#clock.done > 0) this.#learnedSteps = this.#clock.done;
  }

  onTrainEnd(): void {
    this.#leave();
  }

  onTestBegin(): void {
    if (!this.#isInFit) this.#begin('');
  }

  onTestBatchBegin(batch: number): void {
    if (!this.#isInFit) this.#clock.begin(batch);
  }

  onTestBatchEnd(batch: number, logs: LogValues): void {
    if (!this.#isInFit) this.#step(batch, logs);
  }

  onTestEnd(logs: LogValues): void {
    if (!this.#isInFit) this.#finish(logs);
  }

  onPredictBegin(): void {
    if (!this.#isInFit) this.#begin('');
  }

  onPredictBatchBegin(batch: number): void {
    if (!this.#isInFit) this.#clock.begin(batch);
  }

  onPredictBatchEnd(batch: number): void {
    if (!this.#isInFit) this.#step(batch, {});
  }

  onPredictEnd(): void {
    if (!this.#isInFit) this.#finish({});
  }

  #begin(title: string): void {
    const { verbose } = this.#params;
    const now = this.#now();
    this.#display?.abandon();
    this.#clock = new StepClock(now);
    this.#logs = {};
    if (verbose === 0) this.#display = undefined;
    else if (verbose === 1 && this.#output.isTerminal)
      this.#display = new TerminalDisplay(this.#output, title);
    else this.#display = new PlainDisplay(this.#output, title, verbose === 2, now);
  }

  #step(batch: number, logs: LogValues): void {
    const now = this.#now();
    this.#clock.end(batch, now);
    // If batch logs come only now and then, keep showing the last ones.
    if (Object.keys(logs).length > 0) this.#logs = { ...logs };
    const target = this.#params.steps ?? (this.#isInFit ? this.#learnedSteps : undefined);
    this.#display?.update(this.#progress(now, this.#logs, this.#clock.done, target), now);
  }

  #finish(logs: LogValues): void {
    const { steps } = this.#params;
    // An epoch that was resumed after its last batch has no steps.
    const done = this.#clock.seen === 0 ? (steps ?? 0) : this.#clock.done;
    const shown = this.#params.verbose === 1 ? placeTrainingFirst(logs) : logs;
    this.#display?.finish({ ...this.#progress(this.#now(), shown, done, steps ?? done), hasEnded: true });
    this.#display = undefined;
  }

  #progress(now: number, logs: LogValues, done: number, target: number | undefined): Progress {
    const { msPerStep } = this.#clock;
    return { done, target, elapsed: this.#clock.elapsed(now), msPerStep, logs, hasEnded: false };
  }

  #leave(): void {
    this.#display?.abandon();
    this.#display = undefined;
    this.#isInFit = false;
  }
}

/** As in Keras' bar, whose logs stay where the batches showed them: those of validation come after them. */
function placeTrainingFirst(logs: LogValues): LogValues {
  const validated = Object.entries(logs).filter(([key]) => Object.hasOwn(logs, `val_${key}`));
  return { ...Object.fromEntries(validated), ...logs };
}

function isOutput(value: unknown): boolean {
  const output = value as Partial<ProgressOutput> | null;
  return typeof output?.write === 'function' && typeof output.isTerminal === 'boolean';
}

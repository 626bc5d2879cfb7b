import { checkOptions } from '../checks/check-options.js';
import type { CallbackHooks, CallbackParams, Logs } from '../contract/callback-hooks.js';
import type { TrainerView } from '../contract/trainer-view.js';
import { PlainDisplay } from './plain-display.js';
import type { ProgressDisplay, ProgressOutput } from './progress-display.js';
import type { Progress } from './progress-line.js';
import { standardOutput } from './standard-output.js';
import { StepClock } from './step-clock.js';
import { TerminalDisplay } from './terminal-display.js';

export interface ProgbarLoggerOptions {
  /** Where the progress is written. @default the process' standard output where there is one, else lines in the console */
  output?: ProgressOutput;
  /** The time in milliseconds, from any instant. @default Date.now */
  now?: () => number;
}

/**
 * Shows the progress of training, and of an evaluation or prediction that runs by itself, as Keras does.
 *
 * On a terminal a bar is drawn in place, at most ten times a second:
 * ```
 * Epoch 3/10
 *  17/469 ━╸────────────────── 12s 25ms/step - accuracy: 0.9012 - loss: 0.3123
 * ```
 * Elsewhere only whole lines are written, one at the end of each epoch, and in long epochs one now and then:
 * ```
 * Epoch 3/10 - 469/469 - 13s - 25ms/step - accuracy: 0.9341 - loss: 0.2217 - val_accuracy: 0.9420 - val_loss: 0.2009
 * ```
 * `verbose` of the training chooses: 0 silent, 1 bar, 2 one line an epoch. While it runs, the time is what the epoch will still take;
 * at the end it is what the epoch took, validation included. The time a step takes is that of training alone, without the first
 * execution, and in a resumed epoch that of the batches since.
 *
 * What others write to the terminal in mid-epoch lands behind the bar: begin it with a line break, as Keras' callbacks do.
 * Where training throws, the bar's line is ended when fit settles.
 */
export class ProgbarLogger implements CallbackHooks {
  readonly name = 'ProgbarLogger';
  readonly batchLogs = 'latest';

  readonly #output: ProgressOutput;
  readonly #now: () => number;
  #params: CallbackParams = { verbose: 0, epochs: 1, steps: null };
  #model: TrainerView | undefined;
  #isInFit = false;
  #learnedSteps: number | null = null;
  #clock = new StepClock(0);
  #display: ProgressDisplay | undefined;
  #logs: Logs = {};

  /** @throws KEEPFIT_INVALID_OPTION */
  constructor(options: ProgbarLoggerOptions = {}) {
    checkOptions('ProgbarLogger', options, {
      output: [isOutput, 'an object with write(text) and isTerminal'],
      now: [(value) => typeof value === 'function', 'a function that returns milliseconds'],
    });
    this.#output = options.output ?? standardOutput();
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
    this.#learnedSteps = null;
    this.#model?.defer(() => this.#leave());
  }

  onEpochBegin(epoch: number): void {
    const { epochs } = this.#params;
    this.#begin(epochs > 1 ? `Epoch ${epoch + 1}/${epochs}` : '');
  }

  onTrainBatchBegin(batch: number): void {
    this.#clock.begin(batch);
  }

  onTrainBatchEnd(batch: number, logs: Logs): void {
    this.#step(batch, logs);
  }

  onEpochEnd(_epoch: number, logs: Logs): void {
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

  onTestBatchEnd(batch: number, logs: Logs): void {
    if (!this.#isInFit) this.#step(batch, logs);
  }

  onTestEnd(logs: Logs): void {
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

  #step(batch: number, logs: Logs): void {
    const now = this.#now();
    this.#clock.end(batch, now);
    // Where batch logs come now and then, the last ones stay on show.
    if (Object.keys(logs).length > 0) this.#logs = { ...logs };
    const target = this.#params.steps ?? (this.#isInFit ? this.#learnedSteps : null);
    this.#display?.update(this.#progress(now, this.#logs, this.#clock.done, target), now);
  }

  #finish(logs: Logs): void {
    const { steps } = this.#params;
    // An epoch that was resumed after its last batch sees none.
    const done = this.#clock.seen === 0 ? (steps ?? 0) : this.#clock.done;
    this.#display?.finish({ ...this.#progress(this.#now(), logs, done, steps ?? done), hasEnded: true });
    this.#display = undefined;
  }

  #progress(now: number, logs: Logs, done: number, target: number | null): Progress {
    const { msPerStep } = this.#clock;
    return { done, target, elapsed: this.#clock.elapsed(now), msPerStep, logs, hasEnded: false };
  }

  #leave(): void {
    this.#display?.abandon();
    this.#display = undefined;
    this.#isInFit = false;
  }
}

function isOutput(value: unknown): boolean {
  const output = value as Partial<ProgressOutput> | null;
  return typeof output?.write === 'function' && typeof output.isTerminal === 'boolean';
}

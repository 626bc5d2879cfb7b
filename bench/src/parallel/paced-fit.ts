import type { TrainerView } from '@keepfit/callbacks';
import type { FitOptions } from '@keepfit/fit';
import { fromLayers } from '@keepfit/layers';
import { getThreadTime } from '../measure/clocks.js';
import { readDigits } from '../subjects/digits.js';
import { createDigitTrainer } from '../subjects/fit-digits.js';
import { createConvnet } from '../subjects/layers-model.js';

/** Milliseconds of a step. */
export interface StepTime {
  readonly wall: number;
  /** CPU time of the main thread alone, as Linux counts it. */
  readonly thread: number;
}

/** Few enough that `fit` does not compare itself with one thread: see SharingWatch. */
const MOST_STEPS = 200;

/**
 * A fit of the MNIST convnet that trains only when it is asked for steps, so that several fits take turns while their
 * workers stay alive.
 */
export class PacedFit {
  readonly #fit: Promise<void>;
  /** Rejects when the fit has ended. */
  readonly #ended: Promise<never>;
  readonly #first: Promise<void>;
  #view: TrainerView | undefined;
  /** Steps that it may train before it waits. */
  #left = 0;
  #release: () => void = () => {};
  #arrive: () => void = () => {};

  constructor(batchSize: number, options: FitOptions) {
    this.#first = new Promise((resolve) => (this.#arrive = resolve));
    const { x, y } = readDigits('train', 2 * batchSize);
    const pace = {
      batchLogs: false,
      setModel: (view: TrainerView) => void (this.#view = view),
      onTrainBatchBegin: () => this.#wait(),
    };
    this.#fit = createDigitTrainer(fromLayers(createConvnet()))
      .fit(x, y, { batchSize, stepsPerEpoch: MOST_STEPS, verbose: 0, callbacks: pace, ...options })
      .then(() => undefined);
    this.#ended = this.#fit.then(() => {
      throw new Error(`the fit has ended: it trains ${MOST_STEPS} steps at most`);
    });
    // Whoever waits for a step hears of it.
    this.#ended.catch(() => undefined);
  }

  /** Trains so many steps, and resolves to the mean time of one: from its begin to that of the next. */
  async train(steps: number): Promise<StepTime> {
    await this.#reach(this.#first);
    this.#left = steps - 1;
    const next = new Promise<void>((resolve) => (this.#arrive = resolve));
    const [wall, thread] = [performance.now(), getThreadTime()];
    this.#release();
    await this.#reach(next);
    return { wall: (performance.now() - wall) / steps, thread: (getThreadTime() - thread) / steps };
  }

  /** Ends it after one more step, with its workers. */
  async stop(): Promise<void> {
    await this.#reach(this.#first);
    if (this.#view !== undefined) this.#view.stopTraining = true;
    this.#release();
    await this.#fit;
  }

  #wait(): Promise<void> | undefined {
    if (this.#left > 0) {
      this.#left -= 1;
      return undefined;
    }
    return new Promise((release) => {
      this.#release = release;
      this.#arrive();
    });
  }

  #reach(point: Promise<void>): Promise<void> {
    return Promise.race([point, this.#ended]);
  }
}

/** Lets fits train in turn, in changing order: so many steps each, in each round. The first rounds warm up. */
export async function takeTurns<Name extends string>(
  fits: Readonly<Record<Name, PacedFit>>,
  { warmUp, rounds, steps }: { readonly warmUp: number; readonly rounds: number; readonly steps: number },
): Promise<Readonly<Record<Name, readonly StepTime[]>>> {
  const names = Object.keys(fits) as Name[];
  const reversed = [...names].reverse();
  const times = Object.fromEntries(names.map((name) => [name, [] as StepTime[]])) as Record<Name, StepTime[]>;
  for (const name of names) await fits[name].train(warmUp);
  for (let round = 0; round < rounds; round++) {
    (globalThis as { gc?: () => void }).gc?.();
    for (const name of round % 2 === 0 ? names : reversed) times[name].push(await fits[name].train(steps));
  }
  return times;
}

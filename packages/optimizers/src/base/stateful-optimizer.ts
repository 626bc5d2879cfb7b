import { KeepfitError } from '@keepfit/callbacks';
import { formatValue } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import type { OptimizerState } from '../contract/optimizer-state.js';
import type { Schedule } from '../contract/schedule.js';
import { renameWeights } from './rename-weights.js';
import { checkFits, SlotTable } from './slot-table.js';

type NamedTensors = Awaited<ReturnType<tf.Optimizer['getWeights']>>;
type State = Record<string, tf.Tensor | number>;

/**
 * The state of an optimizer, and how it is read and written: the slots of the weights, the count of steps, the
 * learning rate, and numbers.
 */
export abstract class StatefulOptimizer extends tf.Optimizer implements OptimizerState {
  /** Undefined if the learning rate is a number. */
  readonly schedule: Schedule | undefined;
  /** Numbers of the state that a subclass adds, rounded to float32. */
  protected readonly numbers: Record<string, number> = {};
  /** How many steps there were. Several may make one iteration. */
  protected steps = 0;
  protected readonly table = new SlotTable((weight) => this.createAllSlots(weight));
  #rate: number;
  /** A state of another process, until the weights are known. */
  #pending: State | undefined;
  #scalars: Record<string, tf.Variable> = {};

  constructor(learningRate: number | Schedule) {
    super();
    this.schedule = typeof learningRate === 'function' ? learningRate : undefined;
    this.#rate = typeof learningRate === 'function' ? 0 : learningRate;
  }

  /** Creates the slots of a weight. Runs in `tf.tidy`. */
  protected abstract createAllSlots(weight: tf.Variable): Record<string, tf.Tensor>;

  /**
   * The learning rate in force at the next step.
   *
   * @throws KEEPFIT_INVALID_OPTION when the schedule gives no finite number, or when a rate is set that is none,
   * or although there is a schedule.
   */
  get learningRate(): number {
    if (this.schedule === undefined) return this.#rate;
    const rate = this.schedule(this.steps);
    if (Number.isFinite(rate)) return rate;
    throw createRateError(
      `the schedule of the learning rate must return a finite number, not ${formatValue(rate)}, at step ${this.steps}`,
    );
  }

  set learningRate(rate: number) {
    if (this.schedule !== undefined)
      throw createRateError(
        'the learning rate follows a schedule and cannot be set; create the optimizer with a number',
      );
    if (!Number.isFinite(rate))
      throw createRateError(`learningRate must be set to a finite number, not ${formatValue(rate)}`);
    this.#rate = rate;
  }

  readState(): State {
    if (this.#pending !== undefined) return { ...this.#pending };
    const rate = this.schedule === undefined && { learningRate: this.#rate };
    return { iterations: this.steps, ...rate, ...this.numbers, ...this.table.read() };
  }

  /**
   * @throws KEEPFIT_CHECKPOINT_MISMATCH when the state does not fit the options of this optimizer, or weights
   * of these names; the optimizer has not changed then.
   */
  writeState(state: Readonly<State>): void {
    const { learningRate, ...values } = state;
    const entries = Object.entries(values);
    const isNumber = ([, value]: [string, unknown]) => typeof value === 'number';
    const numbers = Object.fromEntries(entries.filter(isNumber)) as Record<string, number>;
    checkFits(
      ['iterations', ...Object.keys(this.numbers)].flatMap((name) =>
        numbers[name] === undefined ? [`there is no number ${name}`] : [],
      ),
    );
    this.table.write(
      Object.fromEntries(entries.filter((entry) => !isNumber(entry))) as Record<string, tf.Tensor>,
    );
    const { iterations = 0, ...others } = numbers;
    this.steps = iterations;
    Object.assign(this.numbers, others);
    if (typeof learningRate === 'number' && this.schedule === undefined) this.#rate = learningRate;
    this.#setPending(undefined);
  }

  /** The state as tensors, which stay the optimizer's. `iter` counts steps. The learning rate is in `getConfig`. */
  override async getWeights(): Promise<NamedTensors> {
    const { iterations, learningRate: _, ...others } = this.readState();
    return Object.entries({ iter: iterations as number, ...others }).map(([name, value]) => {
      if (typeof value !== 'number') return { name, tensor: value };
      return { name, tensor: this.#toVariable(name, value) };
    });
  }

  /** A number as a tensor that stays the optimizer's, like the slots. */
  #toVariable(name: string, value: number): tf.Variable {
    return tf.tidy(() => {
      const scalar = tf.scalar(value, name === 'iter' ? 'int32' : 'float32');
      const variable = (this.#scalars[name] ??= tf.variable(scalar, false));
      variable.assign(scalar);
      return variable;
    });
  }

  /**
   * Takes what `getWeights` returned, also in another process. The weights are found at the next step, by their
   * names without counters and by their order.
   *
   * @throws KEEPFIT_CHECKPOINT_MISMATCH when it does not fit this optimizer; the next step throws it if it does
   * not fit the weights.
   */
  override async setWeights(values: NamedTensors): Promise<void> {
    const pending: State = {};
    const reads = values.map(async ({ name, tensor }) => {
      if (name.includes('/')) pending[name] = tf.keep(tensor.clone());
      else pending[name === 'iter' ? 'iterations' : name] = (await tensor.data())[0] as number;
    });
    await Promise.all(reads);
    this.#setPending(pending);
    const known = this.table.weights();
    if (known.length > 0 || values.length === reads.length) this.bind(known);
  }

  #setPending(pending: State | undefined): void {
    tf.dispose(Object.values(this.#pending ?? {}).filter((value) => typeof value !== 'number'));
    this.#pending = pending;
  }

  /** Takes a state that waits for these weights. */
  protected bind(weights: readonly tf.Variable[]): void {
    if (this.#pending === undefined) return;
    const entries = Object.entries(this.#pending);
    const tensors = entries.filter(([, value]) => typeof value !== 'number');
    const numbers = entries.filter(([, value]) => typeof value === 'number');
    this.writeState({
      ...Object.fromEntries(numbers),
      ...renameWeights(Object.fromEntries(tensors), weights),
    });
  }

  override dispose(): void {
    this.#setPending(undefined);
    this.table.dispose();
    tf.dispose(this.#scalars);
    this.#scalars = {};
  }
}

function createRateError(message: string): KeepfitError {
  return new KeepfitError('KEEPFIT_INVALID_OPTION', message);
}

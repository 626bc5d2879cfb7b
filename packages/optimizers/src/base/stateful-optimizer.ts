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
  /** Slots of another process, until the weights are known. */
  #pending: Record<string, tf.Tensor> | undefined;
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
    return {
      iterations: this.steps,
      ...(this.schedule === undefined && { learningRate: this.#rate }),
      ...this.numbers,
      ...(this.#pending ?? this.table.read()),
    };
  }

  /**
   * @throws KEEPFIT_CHECKPOINT_MISMATCH when the state does not fit the options of this optimizer, or weights
   * of these names; the optimizer has not changed then.
   */
  writeState(state: Readonly<State>): void {
    const { learningRate = this.#rate, iterations, ...rest } = state;
    const [numbers, tensors] = split(rest);
    this.#writeNumbers({ ...numbers, iterations } as Record<string, number>, () => this.table.write(tensors));
    this.#rate = learningRate as number;
    this.#setPending(undefined);
  }

  /** Calls `write` if all numbers are there, and then changes them. */
  #writeNumbers({ iterations, ...numbers }: Record<string, number>, write: () => void): void {
    const wanted = Object.keys(this.numbers).sort().join();
    const saved = Object.keys(numbers).sort().join();
    checkFits(
      wanted === saved && typeof iterations === 'number'
        ? []
        : [`it has the numbers iterations, ${wanted}, and ${saved} are saved`],
    );
    write();
    this.steps = iterations as number;
    Object.assign(this.numbers, numbers);
  }

  /** The state as tensors, which stay the optimizer's. `iter` counts steps. The learning rate is in `getConfig`. */
  override async getWeights(): Promise<NamedTensors> {
    const { iterations, learningRate: _, ...others } = this.readState();
    return Object.entries({ iter: iterations as number, ...others }).map(([name, value]) => ({
      name,
      tensor: typeof value === 'number' ? this.#toVariable(name, value) : value,
    }));
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
    const read = values.map(async ({ name, tensor }) =>
      isSlot(name) ? [name, tensor] : [name === 'iter' ? 'iterations' : name, (await tensor.data())[0]],
    );
    const [numbers, tensors] = split(Object.fromEntries(await Promise.all(read)) as State);
    const weights = this.table.weights();
    const isEmpty = Object.keys(tensors).length === 0;
    this.#writeNumbers(numbers, () => {
      this.#setPending(undefined);
      if (isEmpty || weights.length > 0) this.table.write(isEmpty ? {} : renameWeights(tensors, weights));
      else this.#setPending(Object.fromEntries(Object.entries(tensors).map(keepClone)));
    });
  }

  #setPending(pending: Record<string, tf.Tensor> | undefined): void {
    tf.dispose(this.#pending ?? []);
    this.#pending = pending;
  }

  /** Takes slots that wait for these weights. */
  protected bind(weights: readonly tf.Variable[]): void {
    if (this.#pending === undefined) return;
    this.table.write(renameWeights(this.#pending, weights));
    this.#setPending(undefined);
  }

  override dispose(): void {
    this.#setPending(undefined);
    this.table.dispose();
    tf.dispose(this.#scalars);
    this.#scalars = {};
  }
}

const keepClone = ([name, tensor]: [string, tf.Tensor]) => [name, tf.keep(tensor.clone())];

const isSlot = (name: string): boolean => name.includes('/');

function split(
  state: Readonly<State>,
): [numbers: Record<string, number>, tensors: Record<string, tf.Tensor>] {
  const entries = Object.entries(state);
  return [
    Object.fromEntries(entries.filter(([name]) => !isSlot(name))) as Record<string, number>,
    Object.fromEntries(entries.filter(([name]) => isSlot(name))) as Record<string, tf.Tensor>,
  ];
}

function createRateError(message: string): KeepfitError {
  return new KeepfitError('KEEPFIT_INVALID_OPTION', message);
}

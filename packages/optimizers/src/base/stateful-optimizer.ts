import { KeepfitError } from '@keepfit/callbacks';
import { formatValue, FROM_0, isCount, refuseOption, type OptionRule } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import type { OptimizerState } from '../contract/optimizer-state.js';
import type { Schedule } from '../contract/schedule.js';
import type { NamedTensors, State } from './saved-weights.js';
import { stripCounters } from './strip-counters.js';
import { findVariable } from './variables.js';

type Tensors = Readonly<Record<string, tf.Tensor>>;
type SlotsOf = Readonly<Record<string, tf.Variable>>;

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
  /** The slots of each weight, in the order of the last step that had all weights; others follow as they came. */
  protected readonly slots = new Map<tf.Variable, SlotsOf>();
  /** The stable names of the weights, if somebody told them. */
  protected names: ReadonlyMap<tf.Variable, string> | undefined;
  #rate: number;
  /** Slots of another process, until the weights are known; then they get the names of these. */
  #pending: Tensors | undefined;
  #rename: ((weights: readonly tf.Variable[]) => Tensors) | undefined;
  #scalars: Record<string, tf.Variable> = {};
  #isDisposed = false;

  constructor(learningRate: number | Schedule) {
    super();
    const isSchedule = typeof learningRate === 'function';
    this.schedule = isSchedule ? learningRate : undefined;
    this.#rate = isSchedule ? 0 : learningRate;
  }

  /** Creates the slots of a weight. Runs in `tf.tidy`. */
  protected abstract createAllSlots(weight: tf.Variable): Tensors;

  /** What messages call a weight. */
  protected labelOf(weight: tf.Variable): string {
    return this.names?.get(weight) ?? weight.name;
  }

  /** The slots of a weight, which are made at its first step. */
  protected slotsOf(weight: tf.Variable): SlotsOf {
    const slots = this.slots.get(weight) ?? tf.tidy(() => toVariables(this.createAllSlots(weight)));
    this.slots.set(weight, slots);
    return slots;
  }

  /**
   * Makes the slots of a step that are missing. If a step has all weights, their order is that of the saved slots.
   *
   * @throws KEEPFIT_INVALID_OPTION when the optimizer is disposed: without its slots it would continue wrongly.
   */
  protected prepareSlots(weights: readonly tf.Variable[]): void {
    if (this.#isDisposed) refuseOption('the optimizer is disposed and cannot train: create a new one');
    const isAll = [...this.slots.keys()].every((weight) => weights.includes(weight));
    for (const weight of weights) {
      const slots = this.slotsOf(weight);
      // A map has its keys in the order in which they were set first.
      if (isAll) this.slots.delete(weight);
      this.slots.set(weight, slots);
    }
  }

  /**
   * The learning rate in force at the next step.
   *
   * @throws KEEPFIT_INVALID_OPTION when the schedule gives no finite number of at least 0, or when a rate is set
   * that is none, or although there is a schedule.
   */
  get learningRate(): number {
    return this.schedule === undefined
      ? this.#rate
      : checkRate(
          this.schedule(this.steps),
          'the schedule of the learning rate must return',
          `, at step ${this.steps}`,
        );
  }

  set learningRate(rate: number) {
    if (this.schedule !== undefined)
      refuseOption(
        'the learning rate follows a schedule and cannot be set; create the optimizer with a number',
      );
    this.#rate = checkRate(rate, 'learningRate must be set to');
  }

  #readNumbers(): Record<string, number> {
    const rate = this.schedule === undefined && { learningRate: this.#rate };
    return { iterations: this.steps, ...rate, ...this.numbers };
  }

  readState(): State {
    this.dropDisposed();
    const slots = [...this.slots].map(([{ name }, variables]) => addName(variables, name));
    return Object.assign(this.#readNumbers(), ...(this.#pending ? [this.#pending] : slots)) as State;
  }

  /**
   * @throws KEEPFIT_CHECKPOINT_MISMATCH when the state does not fit the options of this optimizer, or weights
   * of these names; the optimizer has not changed then.
   */
  writeState(state: Readonly<State>): void {
    const { learningRate = this.#rate, ...saved } = (state as State | null) ?? {};
    const slots = new Map<tf.Variable, Record<string, tf.Tensor>>();
    const numbers: Record<string, number> = {};
    const faults: string[] = [];
    for (const [key, value] of Object.entries(saved)) {
      const [slot = '', ...path] = key.split('/');
      const weight = findVariable(path.join('/'));
      if (path.length === 0) numbers[key] = value as number;
      else if (weight) slots.set(weight, { ...slots.get(weight), [slot]: value as tf.Tensor });
      else faults.push(`there is no weight ${path.join('/')}`);
    }
    tf.tidy(() => {
      const wanted: State = { iterations: 0, learningRate: 0, ...this.numbers };
      const has: State = { ...numbers, learningRate };
      for (const [weight, tensors] of slots) {
        Object.assign(wanted, addName(this.createAllSlots(weight), this.labelOf(weight)));
        Object.assign(has, addName(tensors, this.labelOf(weight)));
      }
      for (const key of Object.keys({ ...wanted, ...has })) {
        const [needed, given] = [wanted[key], has[key]].map((value) => describe(key, value));
        if (needed !== given) faults.push(`${key} must be ${needed}, and ${given} is saved`);
      }
    });
    if (faults.length > 0)
      throw new KeepfitError(
        'KEEPFIT_CHECKPOINT_MISMATCH',
        `the saved state does not fit the optimizer: ${faults.join('; ')}; use the options and the weights with which it was saved`,
      );
    const { iterations, ...others } = numbers;
    // First, because what is saved may be the slots themselves.
    const made = [...slots].map(([weight, tensors]) => [weight, toVariables(tensors)] as const);
    this.#clear();
    for (const [weight, variables] of made) this.slots.set(weight, variables);
    this.steps = iterations as number;
    Object.assign(this.numbers, others);
    this.#rate = learningRate as number;
  }

  /** The state as tensors, which stay the optimizer's. `iter` counts steps. The learning rate is in `getConfig`. */
  override async getWeights(): Promise<NamedTensors> {
    // Before the wait, because a step may follow.
    const state = this.readState();
    return (await import('./saved-weights.js')).listWeights(state, this.#scalars);
  }

  /**
   * Takes what `getWeights` returned, also in another process. The weights are found at the next step, by their
   * names without counters and by their order.
   *
   * @throws KEEPFIT_CHECKPOINT_MISMATCH when it does not fit this optimizer; the next step throws it if it does
   * not fit the weights.
   * @throws KEEPFIT_INVALID_OPTION when it is no array of named tensors.
   */
  override async setWeights(values: NamedTensors): Promise<void> {
    const { readWeights, renameSlots } = await import('./saved-weights.js');
    const [numbers, slots] = await readWeights(values);
    const weights = [...this.slots.keys()];
    if (weights.length > 0) {
      this.writeState({ ...numbers, ...renameSlots(slots, weights, stripCounters) });
      return;
    }
    this.writeState(numbers);
    const kept = Object.fromEntries(
      Object.entries(slots).map(([name, tensor]) => [name, tf.keep(tensor.clone())]),
    );
    this.#pending = kept;
    this.#rename = (known) => renameSlots(kept, known, stripCounters);
  }

  /** Disposes the slots of weights that are disposed, and forgets them. */
  protected dropDisposed(): void {
    for (const [weight, slots] of this.slots) {
      if (!weight.isDisposed) continue;
      tf.dispose(slots);
      this.slots.delete(weight);
    }
  }

  /** Takes slots that wait for these weights. */
  protected bind(weights: readonly tf.Variable[]): void {
    if (this.#rename) this.writeState({ ...this.#readNumbers(), ...this.#rename(weights) });
  }

  /** Gives all slots up. */
  #clear(): void {
    tf.dispose([this.#pending ?? {}, ...this.slots.values()]);
    this.#pending = this.#rename = undefined;
    this.slots.clear();
  }

  /** Gives all memory up. A step after it is an error. */
  override dispose(): void {
    this.#isDisposed = true;
    this.#clear();
    tf.dispose(this.#scalars);
    this.#scalars = {};
  }
}

/** Slots under their names in a state: `momentum/dense_Dense1/kernel`. */
function addName(slots: Tensors, name: string): Tensors {
  return Object.fromEntries(Object.entries(slots).map(([slot, tensor]) => [`${slot}/${name}`, tensor]));
}

function toVariables(tensors: Tensors): SlotsOf {
  return Object.fromEntries(
    Object.entries(tensors).map(([slot, tensor]) => [slot, tf.variable(tensor, false)]),
  );
}

/** The numbers of a state that must be more than numbers. */
const RULES: Readonly<Record<string, OptionRule>> = {
  iterations: [isCount, 'a count'],
  learningRate: FROM_0,
};

function describe(key: string, value: tf.Tensor | number | undefined): string {
  if (value === undefined) return 'nothing';
  if (value instanceof tf.Tensor)
    return value.isDisposed ? 'a disposed tensor' : `${value.dtype}[${value.shape.join()}]`;
  const [isValid, wanted] = RULES[key] ?? [(given) => typeof given === 'number', 'a number'];
  return isValid(value) ? wanted : formatValue(value);
}

/** @param subject the beginning of the message */
function checkRate(rate: number, subject: string, where = ''): number {
  const [isRate, wanted] = FROM_0;
  return isRate(rate) ? rate : refuseOption(`${subject} ${wanted}, not ${formatValue(rate)}${where}`);
}

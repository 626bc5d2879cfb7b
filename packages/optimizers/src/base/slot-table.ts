import { KeepfitError } from '@keepfit/callbacks';
import * as tf from '@tensorflow/tfjs-core';

type Tensors = Readonly<Record<string, tf.Tensor>>;

/** The variables that an optimizer keeps for each weight, in the order in which the weights came. */
export class SlotTable {
  readonly #create: (weight: tf.Variable) => Tensors;
  #slots = new Map<tf.Variable, Readonly<Record<string, tf.Variable>>>();

  constructor(create: (weight: tf.Variable) => Tensors) {
    this.#create = create;
  }

  weights(): tf.Variable[] {
    return [...this.#slots.keys()];
  }

  /** Disposes the variables of weights that are disposed, and forgets them. */
  dropDisposed(): void {
    for (const [weight, slots] of this.#slots)
      if (weight.isDisposed) {
        tf.dispose(slots);
        this.#slots.delete(weight);
      }
  }

  /** The variables of a weight, which are made at its first step. */
  get(weight: tf.Variable): Readonly<Record<string, tf.Variable>> {
    let slots = this.#slots.get(weight);
    if (slots === undefined) {
      slots = tf.tidy(() => toVariables(this.#create(weight)));
      this.#slots.set(weight, slots);
    }
    return slots;
  }

  /** All variables, by the names of slot and weight: `momentum/dense_Dense1/kernel`. */
  read(): Record<string, tf.Variable> {
    return Object.fromEntries(
      [...this.#slots].flatMap(([weight, slots]) =>
        Object.entries(slots).map(([slot, variable]) => [`${slot}/${weight.name}`, variable]),
      ),
    );
  }

  /**
   * Replaces all variables by what `read` returned. The tensors stay the caller's.
   *
   * @throws KEEPFIT_CHECKPOINT_MISMATCH when they do not fit the weights of their names; nothing has changed then.
   */
  write(saved: Tensors): void {
    const byWeight = new Map<string, Record<string, tf.Tensor>>();
    for (const [name, tensor] of Object.entries(saved)) {
      const [slot = '', ...weight] = name.split('/');
      byWeight.set(weight.join('/'), { ...byWeight.get(weight.join('/')), [slot]: tensor });
    }
    const faults: string[] = [];
    const found = [...byWeight].flatMap(([name, slots]) => {
      const weight = tf.engine().registeredVariables[name];
      if (weight === undefined) {
        faults.push(`there is no weight ${name}`);
        return [];
      }
      const wanted = tf.tidy(() => describe(this.#create(weight)));
      if (wanted !== describe(slots))
        faults.push(`${name} needs ${wanted || 'nothing'}, and ${describe(slots)} is saved`);
      return [[weight, slots] as const];
    });
    checkFits(faults);
    this.dispose();
    for (const [weight, slots] of found) this.#slots.set(weight, toVariables(slots));
  }

  dispose(): void {
    for (const slots of this.#slots.values()) tf.dispose(slots);
    this.#slots.clear();
  }
}

/** @throws KEEPFIT_CHECKPOINT_MISMATCH when there is a fault. */
export function checkFits(faults: readonly string[]): void {
  if (faults.length > 0)
    throw new KeepfitError(
      'KEEPFIT_CHECKPOINT_MISMATCH',
      `the saved state does not fit the optimizer: ${faults.join('; ')}; create the optimizer with the options, and train the weights, with which it was saved`,
    );
}

function toVariables(tensors: Tensors): Record<string, tf.Variable> {
  return Object.fromEntries(
    Object.entries(tensors).map(([slot, tensor]) => [slot, tf.variable(tensor, false)]),
  );
}

function describe(slots: Tensors): string {
  return Object.entries(slots)
    .map(([slot, { dtype, shape }]) => `${slot} ${dtype}[${shape.join()}]`)
    .sort()
    .join(', ');
}

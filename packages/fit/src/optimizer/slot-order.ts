import type { Optimizer } from '@tensorflow/tfjs-core';
import { reorderSlots } from './optimizer-state.js';

/** Which weights an optimizer's slots belong to: tfjs finds them by position alone, and weights may be frozen and thawed between steps. */
export class SlotOrder {
  #names: readonly string[] | undefined;

  /** The weights by name in the order of the slots, or `current` where no step has made slots yet. */
  names(current: readonly string[]): readonly string[] {
    return this.#names ?? current;
  }

  /** Before these weights are trained or restored: brings the slots into their order. */
  alignTo(optimizer: Optimizer, names: readonly string[]): void {
    const last = this.#names;
    if (last?.length === names.length && names.every((name, index) => name === last[index])) return;
    if (last !== undefined) reorderSlots(optimizer, last, names);
    this.#names = names;
  }
}

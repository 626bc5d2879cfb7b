import * as tf from '@tensorflow/tfjs-core';
import type { Model, NamedWeight } from '../contract/model.js';
import type { Computation, TensorLists } from '../steps/compute.js';
import { isSame } from './compare-values.js';
import { readStates } from './leaves.js';
import { logDraws } from './log-draws.js';
import { findNoise, type MakeNoise, type NormalNoise } from './noise.js';
import { disposeConstants, noteCalls } from './note-calls.js';
import { findOutcome, listNames, listResults, mapLists, noteMemory, type Outcome } from './outcome.js';
import { Program } from './program.js';
import { type Info, type Notes, Refusal } from './recorded-call.js';

/** A step that was recorded, and can be computed again from other weights, states and batches. */
export class Recording {
  readonly #model: Model;
  readonly #notes: Notes;
  readonly #noise: readonly MakeNoise[];
  readonly #program: Program;
  readonly #outcome: Outcome;

  private constructor(
    model: Model,
    leaves: readonly Info[],
    notes: Notes,
    noise: readonly MakeNoise[],
    outcome: Outcome,
    results: readonly tf.Tensor[],
  ) {
    this.#model = model;
    this.#notes = notes;
    this.#noise = noise;
    this.#outcome = outcome;
    this.#program = new Program(
      notes,
      [...leaves, ...listVariables(notes, (_, dataId) => dataId), ...notes.drawn.map(({ info }) => info)],
      results,
    );
  }

  /**
   * Runs a step normally, and records it.
   *
   * @returns what the step gave, and the recording, or why there is none.
   */
  static make<Tensors extends TensorLists>(
    model: Model,
    { weights }: Computation,
    leaves: readonly Info[],
    distributions: readonly NormalNoise[],
    run: () => Tensors,
  ): { readonly lists: Tensors; readonly recording: Recording | Refusal } {
    const before = noteMemory(model, weights);
    const { result: lists, notes } = noteCalls(leaves, run);
    if (notes instanceof Refusal) return { lists, recording: notes };
    const states = readStates(model);
    try {
      const outcome = findOutcome(lists, before, weights, states);
      const noise = notes.drawn.map((drawn) => findNoise(drawn, distributions));
      refuseUnknown(model, notes, outcome, noise, states);
      const results = listResults(lists, outcome, weights, states);
      return {
        lists,
        recording: new Recording(model, leaves, notes, noise as MakeNoise[], outcome, results),
      };
    } catch (error) {
      disposeConstants(notes);
      if (error instanceof Refusal) return { lists, recording: error };
      tf.dispose(Object.values(lists).flat());
      throw error;
    } finally {
      tf.dispose(states);
    }
  }

  /** Whether its kernels are still those that tfjs calls: anybody may register others at any time. */
  hasSameKernels(): boolean {
    return this.#program.hasSameKernels();
  }

  /** Computes the step, and changes the model as the step does. */
  replay(weights: readonly NamedWeight[], leaves: readonly Info[]): TensorLists {
    const results = this.#run(leaves);
    const { layout, assigned, changed } = this.#outcome;
    const count = results.length - assigned.length - changed.length;
    assigned.forEach((place, index) => weights[place]?.variable.assign(results[count + index] as tf.Tensor));
    changed.forEach((place, index) =>
      this.#model.states?.[place]?.write(results[count + assigned.length + index] as tf.Tensor),
    );
    tf.dispose(results.slice(count));
    let next = 0;
    return mapLists(layout, () => results[next++] as tf.Tensor);
  }

  /**
   * Runs the step normally, and compares it with the recording, which draws the same random numbers before it.
   *
   * @returns what the step gave, and what of it differs; undefined for nothing.
   */
  compare<Tensors extends TensorLists>(
    { weights }: Computation,
    leaves: readonly Info[],
    run: () => Tensors,
  ): { readonly lists: Tensors; readonly difference: string | undefined } {
    const { repeat, draws } = logDraws();
    const replayed = draws(() => this.#run(leaves));
    try {
      const before = noteMemory(this.#model, weights);
      const lists = repeat(run);
      const states = readStates(this.#model);
      try {
        const outcome = findOutcome(lists, before, weights, states);
        return {
          lists,
          difference: this.#findDifference(
            outcome,
            listResults(lists, outcome, weights, states),
            replayed,
            weights,
          ),
        };
      } finally {
        tf.dispose(states);
      }
    } finally {
      tf.dispose(replayed);
    }
  }

  dispose(): void {
    this.#program.dispose();
    disposeConstants(this.#notes);
  }

  #run(leaves: readonly Info[]): tf.Tensor[] {
    const noise = this.#noise.map((make) => make());
    try {
      return this.#program.run([...leaves, ...listVariables(this.#notes, ({ dataId }) => dataId), ...noise]);
    } finally {
      tf.dispose(noise);
    }
  }

  #findDifference(
    outcome: Outcome,
    results: readonly tf.Tensor[],
    replayed: readonly tf.Tensor[],
    weights: readonly NamedWeight[],
  ): string | undefined {
    const names = listNames(this.#outcome, weights, this.#model);
    if (names.join() !== listNames(outcome, weights, this.#model).join())
      return 'which tensors it gives or changes';
    return names.find((_, index) => {
      const [a, b] = [results[index] as tf.Tensor, replayed[index] as tf.Tensor];
      return a.dtype !== b.dtype || a.shape.join() !== b.shape.join() || !isSame(readBits(a), readBits(b));
    });
  }
}

/** @throws Refusal when the step does what a recording cannot do again. */
function refuseUnknown(
  { states = [] }: Model,
  { dynamic }: Notes,
  { changed }: Outcome,
  noise: readonly (MakeNoise | undefined)[],
  after: readonly tf.Tensor[],
): void {
  if (noise.includes(undefined))
    throw new Refusal(
      'it draws random numbers otherwise than by tf.randomUniform from 0 to 1 or the noise of its layers',
    );
  const hidden = changed.find((place) => !dynamic.has((after[place] as tf.Tensor).dataId));
  if (hidden !== undefined)
    throw new Refusal(`it changes the state "${states[hidden]?.name}" without a kernel`);
}

/** The variables that a step read beside its leaves, in their order. */
function listVariables(
  { variables }: Notes,
  getMemory: (variable: tf.Variable, noted: object) => object,
): Info[] {
  return [...variables].map(([noted, variable]) => ({
    dataId: getMemory(variable, noted),
    shape: variable.shape,
    dtype: variable.dtype,
  }));
}

function readBits(tensor: tf.Tensor): ArrayLike<number> {
  return tensor.dataSync<'float32' | 'int32' | 'bool'>();
}

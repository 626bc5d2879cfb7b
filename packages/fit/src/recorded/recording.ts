import * as tf from '@tensorflow/tfjs-core';
import type { Model, NamedWeight } from '../contract/model.js';
import type { Computation, TensorLists } from '../steps/compute.js';
import { isSame } from './compare-values.js';
import { readStates } from './leaves.js';
import { findNoise, type MakeNoise, type NormalNoise } from './noise.js';
import { disposeConstants, noteCalls } from './note-calls.js';
import { Program } from './program.js';
import { type Info, type Notes, Refusal } from './recorded-call.js';

/** What a step gives, and what it changes in the model. */
interface Outcome {
  /** Its lists of tensors, with true in the place of each tensor. */
  readonly layout: Readonly<Record<string, readonly (true | undefined)[]>>;
  /** The places of the weights that the step itself assigned, such as the statistics of batch normalization. */
  readonly assigned: readonly number[];
  /** The places of the states that it changed. */
  readonly changed: readonly number[];
}

/** The memory of weights and states before a step. */
interface Before {
  readonly weights: readonly object[];
  readonly states: readonly object[];
}

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

function noteMemory(model: Model, weights: readonly NamedWeight[]): Before {
  const states = readStates(model);
  tf.dispose(states);
  return {
    weights: weights.map(({ variable }) => variable.dataId),
    states: states.map(({ dataId }) => dataId),
  };
}

function findOutcome(
  lists: TensorLists,
  before: Before,
  weights: readonly NamedWeight[],
  states: readonly tf.Tensor[],
): Outcome {
  return {
    layout: mapLists(lists, () => true),
    assigned: weights.flatMap(({ variable }, place) =>
      variable.dataId === before.weights[place] ? [] : [place],
    ),
    changed: states.flatMap(({ dataId }, place) => (dataId === before.states[place] ? [] : [place])),
  };
}

/** All that a step gives: its tensors, then the weights and the states that it changes. */
function listResults(
  lists: TensorLists,
  { assigned, changed }: Outcome,
  weights: readonly NamedWeight[],
  states: readonly tf.Tensor[],
): tf.Tensor[] {
  return [
    ...Object.values(lists).flatMap((tensors) => tensors.filter((tensor) => tensor !== undefined)),
    ...assigned.map((place) => (weights[place] as NamedWeight).variable),
    ...changed.map((place) => states[place] as tf.Tensor),
  ];
}

/** Their names, in the same order. */
function listNames(
  { layout, assigned, changed }: Outcome,
  weights: readonly NamedWeight[],
  { states = [] }: Model,
): string[] {
  return [
    ...Object.entries(layout).flatMap(([name, tensors]) =>
      tensors.flatMap((tensor, index) => (tensor === undefined ? [] : [`${name}[${index}]`])),
    ),
    ...assigned.map((place) => `the weight "${weights[place]?.name}"`),
    ...changed.map((place) => `the state "${states[place]?.name}"`),
  ];
}

function mapLists<To>(
  lists: Readonly<Record<string, readonly unknown[]>>,
  map: () => To,
): Record<string, (To | undefined)[]> {
  return Object.fromEntries(
    Object.entries(lists).map(([name, items]) => [
      name,
      items.map((item) => (item === undefined ? undefined : map())),
    ]),
  );
}

function readBits(tensor: tf.Tensor): ArrayLike<number> {
  return tensor.dataSync<'float32' | 'int32' | 'bool'>();
}

/** Logs the numbers that `Math.random` gives to one function, and gives them to another one again. */
function logDraws(): { draws: <T>(run: () => T) => T; repeat: <T>(run: () => T) => T } {
  const log: number[] = [];
  const during = <T>(draw: (random: () => number) => number, run: () => T): T => {
    const { random } = Math;
    Math.random = () => draw(random);
    try {
      return run();
    } finally {
      Math.random = random;
    }
  };
  let next = 0;
  return {
    draws: (run) =>
      during((random) => {
        const drawn = random();
        log.push(drawn);
        return drawn;
      }, run),
    repeat: (run) => during((random) => log[next++] ?? random(), run),
  };
}

import * as tf from '@tensorflow/tfjs-core';
import { getRunning } from '../backend/started-backend.js';
import type { PlannedCall, PlanRun, PreparedCalls } from '../contract/call-plan.js';
import { type Call, type Info, listInputs, type Notes, Refusal } from './recorded-call.js';

/** What a program gives: the memory of a place, or a constant. */
interface Result {
  readonly info: Info;
  readonly place: number | undefined;
}

/**
 * The calls of a step that its results need, in their order. tfjs' engine does not know of the memory between them.
 *
 * ```
 * given ─▶ memory of each place ─┬─▶ the backend runs what it has prepared ─┬─▶ results as new tensors
 *                                └─▶ or each kernel is called:              │
 *                                    new memory for every output,           │
 *                                    freed after its last use ──────────────┘
 * ```
 */
export class Program {
  readonly #calls: readonly PlannedCall[];
  readonly #prepared: PreparedCalls | undefined;
  /** The places that the caller fills, with where each is in the caller's list. */
  readonly #given: readonly (readonly [place: number, index: number])[];
  /** The memory of each place; undefined before it is computed and after it is freed. */
  readonly #memory: (object | undefined)[];
  /** Outputs that a kernel gave as tensors, by their place: tfjs' engine counts these. */
  readonly #tensors = new Map<number, tf.Tensor>();
  readonly #results: readonly Result[];
  readonly #run: PlanRun;
  readonly #backend = tf.backend();
  readonly #backendName = tf.getBackend();
  readonly #kernels: ReadonlyMap<string, tf.KernelFunc>;

  /**
   * @param given The memory in the notes that changes from step to step: leaves, and what was made of random numbers.
   * Two that are one memory must be one in each run.
   * @throws Refusal when no noted call makes an input or a result.
   * @param results What the program is to compute. Each is in the notes, or a constant of the backend.
   */
  constructor({ calls, constants, dynamic }: Notes, given: readonly Info[], results: readonly Info[]) {
    const places = new Map<object, number>();
    const placeOf = (dataId: object): number => {
      const place = places.get(dataId) ?? places.size;
      places.set(dataId, place);
      return place;
    };
    given.forEach(({ dataId }) => placeOf(dataId));
    this.#given = [...places].map(([dataId, place]) => [
      place,
      given.findIndex((info) => info.dataId === dataId),
    ]);
    const kept = keepNeeded(calls, results);
    this.#kernels = new Map(kept.map(({ kernel, compute }) => [kernel, compute]));
    const held = new Set([...given, ...results].map(({ dataId }) => dataId));
    const last = findLastUses(kept, (dataId) => dynamic.has(dataId) && !held.has(dataId));
    const made = new Set(given.map(({ dataId }) => dataId));
    const infos = new Map(given.map((info) => [info.dataId, info]));
    this.#calls = kept.map((call): PlannedCall => {
      for (const { dataId } of listInputs(call))
        if (!made.has(dataId) && !constants.has(dataId))
          throw new Refusal(`nothing that was noted makes an input of ${call.kernel}`);
      for (const output of call.outputs) {
        made.add(output.dataId);
        infos.set(output.dataId, output);
      }
      const changing: [{ dataId: object }, number][] = [];
      const link = (info: Info): Info => {
        const constant = constants.get(info.dataId);
        if (constant !== undefined) return { ...info, dataId: constant.dataId };
        const linked = { ...info };
        changing.push([linked, placeOf(info.dataId)]);
        return linked;
      };
      const inputs = Object.fromEntries(
        call.inputs.map(([name, value]) => [name, isList(value) ? value.map(link) : link(value)]),
      );
      return {
        kernel: call.kernel,
        compute: call.compute,
        given: {
          inputs: (call.isList ? Object.values(inputs) : inputs) as tf.NamedTensorInfoMap,
          backend: this.#backend,
          ...(call.attrs !== undefined && { attrs: call.attrs }),
        },
        changing,
        outputs: call.outputs.map(({ dataId }) => placeOf(dataId)),
        free: (last.get(call) ?? []).map(placeOf),
      };
    });
    if (results.some(({ dataId }) => dynamic.has(dataId) && !made.has(dataId)))
      throw new Refusal('nothing that was noted makes a result');
    this.#results = results.map((info) =>
      dynamic.has(info.dataId)
        ? { info, place: placeOf(info.dataId) }
        : { info: copyConstant(info), place: undefined },
    );
    this.#memory = Array.from({ length: places.size });
    this.#run = {
      memory: this.#memory,
      compute: (call) => this.#compute(call),
      free: (place) => this.#free(place),
    };
    this.#prepared = getRunning()?.prepareCalls?.({
      calls: this.#calls,
      places: [...places.keys()].map((dataId) => infos.get(dataId) as Info),
      given: this.#given.map(([place]) => place),
      results: this.#results.flatMap(({ place }) => place ?? []),
    });
  }

  hasSameKernels(): boolean {
    for (const [name, compute] of this.#kernels)
      if (tf.getKernel(name, this.#backendName)?.kernelFunc !== compute) return false;
    return true;
  }

  /** Computes the results as new tensors. The caller disposes them. */
  run(given: readonly Info[]): tf.Tensor[] {
    const memory = this.#memory;
    for (const [place, index] of this.#given) memory[place] = given[index]?.dataId;
    try {
      if (this.#prepared?.run(this.#run) !== true) this.#calls.forEach(this.#run.compute);
      return this.#takeResults();
    } finally {
      // After an error, some are left.
      for (let place = this.#given.length; place < memory.length; place++) this.#free(place);
      memory.fill(undefined);
    }
  }

  /** Frees the constants among the results. */
  dispose(): void {
    this.#prepared?.dispose();
    for (const { info, place } of this.#results)
      if (place === undefined) this.#backend.disposeData(info.dataId);
  }

  #compute({ compute, given, changing, outputs, free }: PlannedCall): void {
    const memory = this.#memory;
    for (const [info, place] of changing) info.dataId = memory[place] as object;
    const computed = compute(given);
    if (Array.isArray(computed))
      for (let index = 0; index < outputs.length; index++)
        this.#keep(outputs[index] as number, computed[index] as Info);
    else this.#keep(outputs[0] as number, computed);
    for (const place of free) this.#free(place);
  }

  #keep(place: number, output: Info & Partial<tf.Tensor>): void {
    this.#memory[place] = output.dataId;
    // Such as the output of Abs on tfjs' CPU backend.
    if (output.dispose !== undefined) this.#tensors.set(place, output as tf.Tensor);
  }

  #free(place: number): void {
    const dataId = this.#memory[place];
    if (dataId === undefined) return;
    this.#memory[place] = undefined;
    const tensor = this.#tensors.get(place);
    if (tensor === undefined) return void this.#backend.disposeData(dataId);
    this.#tensors.delete(place);
    tensor.dispose();
  }

  /** A second hold of each result, because two may have the same memory, or that of a leaf. */
  #takeResults(): tf.Tensor[] {
    return this.#results.map(({ info, place }) => {
      const { shape, dtype } = info;
      if (place === undefined)
        return tf.tensor(this.#backend.readSync(info.dataId) as tf.TypedArray, shape, dtype as 'float32');
      const dataId = this.#memory[place] as object;
      this.#backend.incRef(dataId);
      return tf.engine().makeTensorFromTensorInfo({ dataId, shape, dtype });
    });
  }
}

/** The calls that the results depend on, without those that give the memory of an input another shape. */
function keepNeeded(calls: readonly Call[], results: readonly Info[]): Call[] {
  const needed = new Set(results.map(({ dataId }) => dataId));
  const kept: Call[] = [];
  for (const call of [...calls].reverse()) {
    if (!call.outputs.some(({ dataId }) => needed.has(dataId))) continue;
    const read = listInputs(call).map(({ dataId }) => dataId);
    for (const dataId of read) needed.add(dataId);
    if (!call.outputs.every(({ dataId }) => read.includes(dataId))) kept.push(call);
  }
  return kept.reverse();
}

/** For each call, the memory that it is the last to use. */
function findLastUses(calls: readonly Call[], isOwn: (dataId: object) => boolean): Map<Call, object[]> {
  const last = new Map<object, Call>();
  for (const call of calls)
    for (const { dataId } of [...listInputs(call), ...call.outputs])
      if (isOwn(dataId)) last.set(dataId, call);
  const uses = new Map<Call, object[]>();
  for (const [dataId, call] of last) uses.set(call, [...(uses.get(call) ?? []), dataId]);
  return uses;
}

function isList(value: Info | readonly Info[]): value is readonly Info[] {
  return Array.isArray(value);
}

/** A copy that tfjs' engine does not count. */
function copyConstant({ dataId, shape, dtype }: Info): Info {
  const backend = tf.backend();
  return { dataId: backend.write(backend.readSync(dataId), shape, dtype), shape, dtype };
}

import type { CallPlan, PlannedCall, PlanRun, PreparedCalls } from '@keepfit/fit/internal';
import * as tf from '@tensorflow/tfjs-core';
import { layOutBuffers, type Lifetime } from './lay-out-buffers.js';
import { type NotedCall, readMark, type Trace, type TracedCall } from './trace.js';
import type { Tracer } from './tracer.js';
import type { TfjsBackend } from './tracing-tools.js';

/** A place in the arguments of a function that has the address or the id of a buffer. */
interface Use {
  readonly values: number[];
  readonly index: number;
  readonly offset: number;
  readonly isId: boolean;
}

/** A call of a plan, ready to run. */
interface Step {
  readonly call: PlannedCall;
  /** What its kernel calls; undefined if the kernel itself is called. */
  readonly functions: readonly (readonly [run: NotedCall['run'], values: number[]])[] | undefined;
  /** The outputs that get memory of their own. */
  readonly fresh: readonly number[];
}

/** A buffer in the arena. */
interface Part {
  readonly buffer: number;
  readonly offset: number;
  readonly size: number;
  /** The id that tfjs' functions know it by, if one of them uses it. */
  readonly id: number | undefined;
}

/** Prepares calls of kernels; undefined if nobody can tell what any of them calls. */
export function prepareCalls(
  backend: tf.KernelBackend,
  tracer: Tracer,
  plan: CallPlan,
): PreparedCalls | undefined {
  const trace = tracer.trace(plan);
  if (trace.calls.every(({ noted }) => noted === undefined)) return undefined;
  return new PreparedWasmCalls(backend as unknown as TfjsBackend, plan, trace);
}

/**
 * Runs the functions that the kernels of a plan call.
 *
 * ```
 * given, results, and what a kernel itself makes or reads ─▶ tensors as always ─┐
 * all other memory ─▶ parts of an arena, which share it over time ──────────────┴─▶ arguments ─▶ functions
 * ```
 *
 * The arena is allocated for each run, so it takes no memory while other code runs.
 */
class PreparedWasmCalls implements PreparedCalls {
  readonly #backend: TfjsBackend;
  readonly #plan: CallPlan;
  readonly #steps: readonly Step[];
  /** The uses of each buffer. */
  readonly #uses: readonly Use[][];
  readonly #parts: readonly Part[];
  readonly #byteLength: number;
  /** The address of the bytes that functions read, such as shapes. */
  readonly #constants: number;
  /** The address of the arena in the last run. */
  #arena: number | undefined;

  /** @throws KEEPFIT_OUT_OF_MEMORY if there is no room for the constants. */
  constructor(backend: TfjsBackend, plan: CallPlan, { calls, buffers }: Trace) {
    this.#backend = backend;
    this.#plan = plan;
    const outside = findOutside(plan, calls);
    const uses: Use[][] = buffers.map(() => []);
    const constants = new Constants();
    this.#steps = calls.map(({ call, noted }) => ({
      call,
      functions: noted?.map(({ run, values }) => [run, listArguments(values, uses, constants)] as const),
      fresh: call.outputs.filter((place) => outside.has(place)),
    }));
    this.#uses = uses;
    const lifetimes = findLifetimes(calls, buffers, outside);
    const { offsets, byteLength } = layOutBuffers([...lifetimes.values()]);
    this.#byteLength = byteLength;
    this.#parts = [...lifetimes.keys()].map((buffer, index) => ({
      buffer,
      offset: offsets[index] as number,
      size: tf.util.sizeFromShape(plan.places[buffer]?.shape ?? []),
      id: uses[buffer]?.some(({ isId }) => isId) === true ? backend.dataIdNextNumber++ : undefined,
    }));
    this.#constants = constants.write(backend);
  }

  run(run: PlanRun): boolean {
    const { wasm } = this.#backend;
    let memory: number;
    try {
      memory = wasm._malloc(this.#byteLength + 64) >>> 0;
    } catch {
      // In pieces there may be room.
      return false;
    }
    try {
      this.#moveParts(Math.ceil(memory / 64) * 64);
      for (const place of this.#plan.given) this.#link(place, run.memory[place]);
      for (const step of this.#steps) this.#runStep(step, run);
      return true;
    } finally {
      wasm._free(memory);
    }
  }

  dispose(): void {
    this.#forgetIds();
    this.#backend.wasm._free(this.#constants);
  }

  #runStep({ call, functions, fresh }: Step, run: PlanRun): void {
    if (functions === undefined) {
      run.compute(call);
      for (const place of call.outputs) this.#link(place, run.memory[place]);
      return;
    }
    for (const place of fresh) {
      const { shape, dtype } = this.#plan.places[place] as tf.TensorInfo;
      const { dataId } = this.#backend.makeOutput(shape, dtype);
      run.memory[place] = dataId;
      this.#link(place, dataId);
    }
    for (const [compute, values] of functions) compute(...values);
    for (const place of call.free) run.free(place);
  }

  /** Lets the functions use the memory of a tensor. Undefined if it was freed at once. */
  #link(place: number, dataId: object | undefined): void {
    if (dataId === undefined) return;
    const { id, memoryOffset } = this.#backend.dataIdMap.get(dataId);
    this.#point(place, memoryOffset, id);
  }

  #point(buffer: number, address: number, id: number): void {
    for (const { values, index, offset, isId } of this.#uses[buffer] as Use[])
      values[index] = isId ? id : address + offset;
  }

  #moveParts(arena: number): void {
    if (arena === this.#arena) return;
    this.#forgetIds();
    this.#arena = arena;
    for (const { buffer, offset, size, id } of this.#parts) {
      if (id !== undefined) this.#backend.wasm.tfjs.registerTensor(id, size, arena + offset);
      this.#point(buffer, arena + offset, id ?? 0);
    }
  }

  #forgetIds(): void {
    if (this.#arena === undefined) return;
    for (const { id } of this.#parts) if (id !== undefined) this.#backend.wasm.tfjs.disposeData(id);
    this.#arena = undefined;
  }
}

/** Bytes that functions read, in one block of memory. */
class Constants {
  readonly #bytes: number[] = [];
  readonly #uses: { readonly values: number[]; readonly index: number; readonly offset: number }[] = [];
  readonly #offsets = new Map<string, number>();

  add(bytes: Uint8Array, values: number[], index: number): void {
    const key = bytes.join();
    const offset = this.#offsets.get(key) ?? this.#bytes.length;
    if (!this.#offsets.has(key)) {
      this.#offsets.set(key, offset);
      this.#bytes.push(...bytes);
      while (this.#bytes.length % 8 !== 0) this.#bytes.push(0);
    }
    this.#uses.push({ values, index, offset });
  }

  /** Allocates the block, and returns its address. */
  write({ wasm }: TfjsBackend): number {
    const address = wasm._malloc(this.#bytes.length) >>> 0;
    wasm.HEAPU8.set(this.#bytes, address);
    for (const { values, index, offset } of this.#uses) values[index] = address + offset;
    return address;
  }
}

/** The arguments of a function, without those that a run fills in. */
function listArguments(given: NotedCall['values'], uses: readonly Use[][], constants: Constants): number[] {
  const values: number[] = [];
  given.forEach((value, index) => {
    const mark = readMark(value);
    values[index] = 0;
    if (mark !== undefined) uses[mark.buffer]?.push({ values, index, ...mark });
    else if (typeof value === 'number') values[index] = value;
    else constants.add(value, values, index);
  });
  return values;
}

/** The places that need a tensor: they come from outside, stay after a run, or a kernel itself uses them. */
function findOutside({ given, results }: CallPlan, calls: readonly TracedCall[]): Set<number> {
  const called = calls.flatMap(({ call, noted }) =>
    noted === undefined ? [...call.outputs, ...call.changing.map(([, place]) => place)] : [],
  );
  return new Set([...given, ...results, ...called]);
}

/** When each buffer of the arena is used, by its number. */
function findLifetimes(
  calls: readonly TracedCall[],
  buffers: readonly number[],
  outside: ReadonlySet<number>,
): Map<number, Lifetime> {
  const lifetimes = new Map<number, Lifetime>();
  calls.forEach(({ noted = [] }, now) => {
    for (const value of noted.flatMap(({ values }) => values)) {
      const { buffer } = readMark(value) ?? {};
      if (buffer === undefined || outside.has(buffer)) continue;
      const { first } = lifetimes.get(buffer) ?? { first: now };
      lifetimes.set(buffer, { byteLength: buffers[buffer] as number, first, last: now });
    }
  });
  return lifetimes;
}

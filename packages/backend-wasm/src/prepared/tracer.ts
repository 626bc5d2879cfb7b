import type { CallPlan, PlannedCall } from '@keepfit/fit/internal';
import type * as tf from '@tensorflow/tfjs-core';
import type { SimdTools } from '../simd/simd-kernel.js';
import { markAddress, type NotedCall, readMark, type Trace } from './trace.js';
import { type FitJsKernel, deferJsKernel } from './defer-js-kernel.js';
import { countBytes, createTracingTools, Notebook } from './tracing-tools.js';

/** More notes take memory, and the kernel computes so long that calling it costs nothing beside. */
const MOST_NOTES = 2000;

/** Makes the kernels of this package on these tools, and those in JavaScript from what `fit` makes of each. */
export type MakeKernels = (tools: SimdTools, fit: FitJsKernel) => readonly tf.KernelConfig[];

/**
 * Finds which WebAssembly functions the kernels of a plan call. The kernels run on tools that compute nothing:
 *
 * ```
 * kernel on the module ──▶ the same on a heap and a module that note ─┐
 * kernel in JavaScript ──▶ the same, noted as a whole ────────────────┤
 * kernel of tfjs ────────▶ the same on a backend that notes ──────────┴─▶ NotedCall[]
 * ```
 *
 * A kernel of tfjs that reads or writes tensors in JavaScript cannot be traced.
 */
export class Tracer {
  readonly #tools: SimdTools;
  readonly #backend: tf.KernelBackend;
  readonly #stock: readonly tf.KernelConfig[];
  /** For each kernel, the same on tools that note. */
  readonly #traceable: ReadonlyMap<tf.KernelFunc, tf.KernelFunc>;
  #notebook = new Notebook([]);

  /**
   * @param stock tfjs' own kernels.
   * @param makeKernels Makes the kernels of this package.
   * @param kernels Those that it made, which are registered.
   */
  constructor(
    tools: SimdTools,
    stock: readonly tf.KernelConfig[],
    makeKernels: MakeKernels,
    kernels: readonly tf.KernelConfig[],
  ) {
    this.#backend = tools.backend;
    this.#tools = createTracingTools(tools, () => this.#notebook);
    this.#stock = stock;
    const own = makeKernels(this.#tools, (kernel) =>
      deferJsKernel(kernel, tools.heap, () => this.#notebook),
    ).map(({ kernelFunc }) => kernelFunc);
    this.#traceable = new Map([
      ...stock
        .filter(({ setupFunc }) => setupFunc !== undefined)
        .map(({ kernelFunc }) => [kernelFunc, kernelFunc] as const),
      ...kernels.map(({ kernelFunc }, index) => [kernelFunc, own[index] as tf.KernelFunc] as const),
    ]);
  }

  trace({ calls, places }: CallPlan): Trace {
    const buffers = places.map(countBytes);
    const notebook = new Notebook(buffers);
    const memory = places.map((_, place) => {
      const dataId = {};
      notebook.bufferOf.set(dataId, place);
      return dataId;
    });
    this.#notebook = notebook;
    // A kernel keeps the function that it calls in a variable, and others call it through the same one.
    for (const { setupFunc } of this.#stock) setupFunc?.(this.#tools.backend);
    try {
      return { calls: calls.map((call) => ({ call, noted: this.#note(call, places, memory) })), buffers };
    } finally {
      this.#notebook = new Notebook([]);
      for (const { setupFunc } of this.#stock) setupFunc?.(this.#backend);
    }
  }

  #note(call: PlannedCall, places: CallPlan['places'], memory: readonly object[]): NotedCall[] | undefined {
    const compute = this.#traceable.get(call.compute);
    if (compute === undefined) return undefined;
    const { noted, bufferOf, buffers } = this.#notebook;
    noted.length = 0;
    this.#notebook.expected = call.outputs.map((place) => places[place] as tf.TensorInfo);
    const [former, tensors] = [buffers.length, bufferOf.size];
    for (const [info, place] of call.changing) info.dataId = memory[place] as object;
    try {
      const computed = compute({ ...call.given, backend: this.#tools.backend });
      const made = [computed].flat().map(({ dataId }) => bufferOf.get(dataId) ?? -1);
      const isNew = made.every(
        (buffer, index) =>
          buffer >= former &&
          buffers[buffer] === buffers[call.outputs[index] ?? -1] &&
          made.indexOf(buffer) === index,
      );
      // More tensors would be its own, and nobody frees them.
      const isComplete = made.length === call.outputs.length && bufferOf.size === tensors + made.length;
      if (isNew && isComplete && noted.length <= MOST_NOTES)
        return noted.map((note) => replaceBuffers(note, made, call.outputs));
    } catch {
      // Whatever the tools lack is a reason to call the kernel as always.
    }
    buffers.length = former;
    return undefined;
  }
}

/** The outputs that a kernel made are what the places of its call have from now on. */
function replaceBuffers(
  { run, values }: NotedCall,
  made: readonly number[],
  outputs: readonly number[],
): NotedCall {
  return {
    run,
    values: values.map((value) => {
      const mark = readMark(value);
      const output = mark === undefined ? -1 : made.indexOf(mark.buffer);
      return mark === undefined || output < 0 ? value : markAddress(outputs[output] as number, mark.offset);
    }),
  };
}

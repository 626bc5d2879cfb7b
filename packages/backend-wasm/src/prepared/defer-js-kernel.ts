import { createKernelConfig, type JsKernel, type Memory, type Values } from '@keepfit/js-kernels';
import type * as tf from '@tensorflow/tfjs-core';
import type { Heap } from '../heap.js';
import { countBytes, type Notebook } from './tracing-tools.js';

type AnyKernel = JsKernel<never, never, tf.TensorInfo | tf.TensorInfo[]>;

/** Fits a kernel in JavaScript to the backend. */
export type FitJsKernel = (kernel: AnyKernel) => tf.KernelConfig;

/**
 * A kernel in JavaScript that notes itself in the place of computing. What is noted computes on memory that is there
 * already, also for the outputs.
 */
export function deferJsKernel(kernel: AnyKernel, heap: Heap, notebook: () => Notebook): tf.KernelConfig {
  const deferred: AnyKernel = {
    ...kernel,
    compute(given: Readonly<Record<string, tf.TensorInfo | undefined>>, attributes: never) {
      const { noted, expected, makeOutput, markOf } = notebook();
      // Copies: the next run gives the tensors of the plan other memory.
      const inputs = Object.fromEntries(
        Object.entries(given).map(([name, info]) => [name, info && { ...info }]),
      );
      const outputs = expected.map(({ shape, dtype }) => makeOutput(shape, dtype));
      const moving = [...Object.values(inputs), ...outputs].filter((info) => info !== undefined);
      const memory = new MovingMemory(heap, moving, outputs);
      noted.push({
        run(...addresses) {
          memory.move(addresses);
          kernel.compute(inputs as never, attributes, memory);
        },
        // The address of a constant does not change.
        values: moving.map((info) => markOf(info) ?? heap.address(info)),
      });
      return outputs;
    },
  };
  return createKernelConfig(deferred, 'wasm', () => new MovingMemory(heap, [], []));
}

/** Shows kernels in JavaScript tensors whose memory moves, and gives them their outputs. */
class MovingMemory implements Memory {
  readonly #heap: Heap;
  readonly #outputs: readonly tf.TensorInfo[];
  readonly #places: ReadonlyMap<object, number>;
  #addresses: readonly number[] = [];
  #next = 0;

  constructor(heap: Heap, moving: readonly tf.TensorInfo[], outputs: readonly tf.TensorInfo[]) {
    this.#heap = heap;
    this.#outputs = outputs;
    this.#places = new Map(moving.map(({ dataId }, place) => [dataId as object, place]));
  }

  /** Takes the addresses of the tensors for the next computation. */
  move(addresses: readonly number[]): void {
    this.#addresses = addresses;
    this.#next = 0;
  }

  values(tensor: tf.TensorInfo): Values {
    const address = this.#addresses[this.#places.get(tensor.dataId) ?? -1];
    const { buffer } = this.#heap.memory;
    const bytes = countBytes(tensor);
    if (tensor.dtype === 'int32') return new Int32Array(buffer, address, bytes / 4);
    return tensor.dtype === 'bool'
      ? new Uint8Array(buffer, address, bytes)
      : new Float32Array(buffer, address, bytes / 4);
  }

  output(shape: readonly number[], dtype: tf.DataType): tf.TensorInfo {
    const output = this.#outputs[this.#next++];
    if (output === undefined || countBytes(output) !== countBytes({ shape: [...shape], dtype }))
      throw new Error('a recorded kernel makes another output than it made when it was recorded');
    return output;
  }

  writable(tensor: tf.TensorInfo): Float32Array {
    // Kernels write numbers; the array converts them to its type.
    return this.values(tensor) as Float32Array;
  }
}

import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Access of a kernel of this package to tfjs' WebAssembly heap. Works with the basic, the SIMD and the
 * threaded build.
 */
export interface Heap {
  readonly memory: WebAssembly.Memory;
  /**
   * The values of a tensor in place, without a copy. Take views after every allocation of the kernel because
   * growth detaches them. Write only into an `output` of the same kernel call: a live tensor never changes.
   */
  floats(tensor: tf.TensorInfo): Float32Array;
  /** Like `floats`, for int32. */
  ints(tensor: tf.TensorInfo): Int32Array;
  /** Like `floats`, for bool: one byte each. */
  bytes(tensor: tf.TensorInfo): Uint8Array;
  /**
   * The address of the tensor's values, in bytes from the start of the memory. Covers 4 GB: never negative.
   */
  address(tensor: tf.TensorInfo): number;
  /**
   * A new tensor whose values are undefined: write every one.
   *
   * @throws KEEPFIT_OUT_OF_MEMORY at the limit of 4 GB
   */
  output(shape: readonly number[], dtype?: tf.DataType): tf.TensorInfo;
  /** The same values under another shape, without a copy. Must be disposed as well. */
  reshaped(tensor: tf.TensorInfo, shape: readonly number[]): tf.TensorInfo;
  /** Frees an intermediate tensor of a kernel. */
  dispose(tensor: tf.TensorInfo): void;
  /**
   * Allocates scratch memory, aligned to 16 bytes, and returns its address. Call `release` in a `finally`.
   */
  reserve(byteLength: number): number;
  release(address: number): void;
  /**
   * Computes in JavaScript on the memory at these addresses. A recording calls `body` again with others, so it must
   * use nothing else that differs from call to call.
   */
  compute(
    addresses: readonly number[],
    body: (buffer: ArrayBufferLike, ...addresses: number[]) => void,
  ): void;
}

/** tfjs' heap, from the `backend` argument of a kernel or from tfjs' `backend()`. */
export function getHeap(backend: unknown): Heap {
  const tfjs = backend as BackendWasm;
  const { dataIdMap } = tfjs;
  const wasm = tfjs.wasm as unknown as Allocator;
  const memory = getMemory(wasm);
  const address = ({ dataId }: tf.TensorInfo): number => dataIdMap.get(dataId).memoryOffset >>> 0;
  const length = ({ shape }: tf.TensorInfo): number => tf.util.sizeFromShape(shape);
  return {
    memory,
    floats: (tensor) => new Float32Array(memory.buffer, address(tensor), length(tensor)),
    ints: (tensor) => new Int32Array(memory.buffer, address(tensor), length(tensor)),
    bytes: (tensor) => new Uint8Array(memory.buffer, address(tensor), length(tensor)),
    address,
    // tfjs copies the shape of a kernel's result.
    output: (shape, dtype = 'float32') => tfjs.makeOutput(shape as number[], dtype),
    reshaped(tensor, shape) {
      tfjs.incRef(tensor.dataId);
      return { dataId: tensor.dataId, shape: shape as number[], dtype: tensor.dtype };
    },
    dispose: ({ dataId }) => void tfjs.disposeData(dataId),
    reserve: (byteLength) => wasm._malloc(byteLength) >>> 0,
    release: (at) => wasm._free(at),
    compute: (addresses, body) => body(memory.buffer, ...addresses),
  };
}

/** Emscripten exports the memory of its unthreaded builds and imports the memory of its threaded one. */
function getMemory(wasm: object): WebAssembly.Memory {
  const { asm, wasmMemory } = wasm as {
    asm?: { memory?: WebAssembly.Memory };
    wasmMemory?: WebAssembly.Memory;
  };
  const memory = wasmMemory ?? asm?.memory;
  if (memory === undefined) throw new Error('this version of tfjs hides the memory of its wasm backend');
  return memory;
}

/** The functions of an Emscripten module that allocate and free memory. */
export interface Allocator {
  /** The address, or 0 without room. Beyond 2 GB it is a negative number. */
  _malloc(byteLength: number): number;
  _free(address: number): void;
}

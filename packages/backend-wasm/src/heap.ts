import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { type DataType, type TensorInfo, util } from '@tensorflow/tfjs-core';

/** What a kernel of this package does with tfjs' WebAssembly heap. Works with the plain, the SIMD and the threaded build. */
export interface Heap {
  readonly memory: WebAssembly.Memory;
  /**
   * The values of a tensor where they lie, without a copy. Take views after every allocation of the kernel, for growth detaches them.
   * Write only into an `output` of the same kernel call: a tensor that lives is never changed.
   */
  floats(tensor: TensorInfo): Float32Array;
  /** As `floats`, for int32. */
  ints(tensor: TensorInfo): Int32Array;
  /** As `floats`, for bool: one byte each. */
  bytes(tensor: TensorInfo): Uint8Array;
  /** Where the tensor's values begin, in bytes from the start of the memory. Fits 4 GB: never negative. */
  address(tensor: TensorInfo): number;
  /** A new tensor, whose values are whatever the memory held: write every one. @throws KEEPFIT_OUT_OF_MEMORY at the limit of 4 GB */
  output(shape: readonly number[], dtype?: DataType): TensorInfo;
  /** The same values under another shape, without a copy. Must be disposed of as well. */
  reshaped(tensor: TensorInfo, shape: readonly number[]): TensorInfo;
  /** Gives an intermediate tensor of a kernel back. */
  dispose(tensor: TensorInfo): void;
  /** Scratch memory, aligned to 16 bytes; its address. Give it back by `release`, in a `finally`. */
  reserve(byteLength: number): number;
  release(address: number): void;
}

/** tfjs' heap, from the `backend` argument of a kernel or from tfjs' `backend()`. */
export function getHeap(backend: unknown): Heap {
  const tfjs = backend as BackendWasm;
  const { dataIdMap } = tfjs;
  const wasm = tfjs.wasm as unknown as Allocator;
  const memory = getMemory(wasm);
  const address = ({ dataId }: TensorInfo): number => dataIdMap.get(dataId).memoryOffset >>> 0;
  const length = ({ shape }: TensorInfo): number => util.sizeFromShape(shape);
  return {
    memory,
    floats: (tensor) => new Float32Array(memory.buffer, address(tensor), length(tensor)),
    ints: (tensor) => new Int32Array(memory.buffer, address(tensor), length(tensor)),
    bytes: (tensor) => new Uint8Array(memory.buffer, address(tensor), length(tensor)),
    address,
    // tfjs copies the shape of what a kernel gives.
    output: (shape, dtype = 'float32') => tfjs.makeOutput(shape as number[], dtype),
    reshaped(tensor, shape) {
      tfjs.incRef(tensor.dataId);
      return { dataId: tensor.dataId, shape: shape as number[], dtype: tensor.dtype };
    },
    dispose: ({ dataId }) => void tfjs.disposeData(dataId),
    reserve: (byteLength) => wasm._malloc(byteLength) >>> 0,
    release: (at) => wasm._free(at),
  };
}

/** Emscripten exports the memory of its plain builds and imports that of its threaded one. */
function getMemory(wasm: object): WebAssembly.Memory {
  const { asm, wasmMemory } = wasm as {
    asm?: { memory?: WebAssembly.Memory };
    wasmMemory?: WebAssembly.Memory;
  };
  const memory = wasmMemory ?? asm?.memory;
  if (memory === undefined)
    throw new Error("the memory of tfjs' wasm backend is out of reach in this version of tfjs");
  return memory;
}

/** What is used of an Emscripten module to take and give back memory. */
export interface Allocator {
  /** The address, or 0 where there is no room: as a signed number beyond 2 GB. */
  _malloc(byteLength: number): number;
  _free(address: number): void;
}

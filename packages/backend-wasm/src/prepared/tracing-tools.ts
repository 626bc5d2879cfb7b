import * as tf from '@tensorflow/tfjs-core';
import type { Heap } from '../heap.js';
import type { SimdExports } from '../simd/simd-exports.js';
import type { SimdTools } from '../simd/simd-kernel.js';
import { markAddress, markId, type NotedCall } from './trace.js';

/** What the kernels of tfjs use of their backend, and what registers the memory of a tensor. */
export interface TfjsBackend {
  readonly wasm: {
    readonly tfjs: {
      registerTensor(id: number, size: number, address: number): void;
      disposeData(id: number): void;
    };
    readonly HEAPU8: Uint8Array;
    _malloc(byteLength: number): number;
    _free(address: number): void;
  };
  readonly dataIdMap: { get(dataId: object): { readonly id: number; readonly memoryOffset: number } };
  dataIdNextNumber: number;
  makeOutput(shape: number[], dtype: tf.DataType): tf.TensorInfo;
}

/** The buffers and calls of a kernel, as the tools note them. */
export class Notebook {
  /** The buffers of tensors. A tensor without one is a constant in tfjs' memory. */
  readonly bufferOf = new Map<object, number>();
  readonly noted: NotedCall[] = [];
  /** What the kernel gave when it was recorded. */
  expected: readonly tf.TensorInfo[] = [];
  /** The bytes of each buffer. */
  readonly buffers: number[];

  constructor(buffers: number[]) {
    this.buffers = buffers;
  }

  readonly makeOutput = (shape: readonly number[], dtype: tf.DataType): tf.TensorInfo => {
    const info = { dataId: {}, shape: shape as number[], dtype };
    this.bufferOf.set(info.dataId, this.addBuffer(countBytes(info)));
    return info;
  };

  /** The mark of a tensor's address; undefined for a constant. */
  readonly markOf = ({ dataId }: tf.TensorInfo): number | undefined => {
    const buffer = this.bufferOf.get(dataId);
    return buffer === undefined ? undefined : markAddress(buffer);
  };

  addBuffer(byteLength: number): number {
    return this.buffers.push(byteLength) - 1;
  }
}

/** tfjs packs the weights of these once for each id, and the id of a buffer stays while its values change. */
const CACHING: readonly string[] = [
  'BatchMatMul',
  '_FusedMatMul',
  'Conv2D',
  'FusedConv2D',
  'DepthwiseConv2dNative',
  'FusedDepthwiseConv2D',
  'Prelu',
];

/**
 * Tools with which kernels compute nothing: addresses are marks, and the functions that they call are noted. What
 * cannot be noted throws.
 */
export function createTracingTools({ simd, heap, backend }: SimdTools, notebook: () => Notebook): SimdTools {
  return {
    simd: createModule(simd, notebook),
    heap: createHeap(heap, notebook),
    backend: createBackend(backend as unknown as TfjsBackend, notebook) as tf.KernelBackend,
  };
}

/** The bytes of a tensor. */
export function countBytes({ shape, dtype }: Pick<tf.TensorInfo, 'shape' | 'dtype'>): number {
  return tf.util.sizeFromShape(shape) * tf.util.bytesPerElement(dtype);
}

function createModule(simd: SimdExports, notebook: () => Notebook): SimdExports {
  const noting = Object.entries(simd).map(([name, run]) => [
    name,
    (...values: number[]) => void notebook().noted.push({ run, values }),
  ]);
  return Object.fromEntries(noting) as SimdExports;
}

function createHeap(heap: Heap, notebook: () => Notebook): Heap {
  return {
    get memory(): never {
      return refuse();
    },
    floats: refuse,
    ints: refuse,
    bytes: refuse,
    reshaped: refuse,
    dispose: refuse,
    address: (tensor) => notebook().markOf(tensor) ?? heap.address(tensor),
    output: (shape, dtype = 'float32') => notebook().makeOutput(shape, dtype),
    reserve: (byteLength) => markAddress(notebook().addBuffer(byteLength)),
    release() {},
    compute(addresses, body) {
      const run = (...values: number[]): void => body(heap.memory.buffer, ...values);
      notebook().noted.push({ run, values: addresses });
    },
  };
}

/** A backend for the kernels of tfjs. What it lacks fails as a TypeError. */
function createBackend({ wasm, dataIdMap }: TfjsBackend, notebook: () => Notebook): object {
  return {
    wasm: {
      cwrap: (name: string, returned: string | null, types: readonly string[]) => {
        return (...given: unknown[]): void => {
          const run = (wasm as unknown as Record<string, NotedCall['run']>)[`_${name}`];
          if (CACHING.includes(name) || run === undefined || (returned !== null && returned !== 'void'))
            return refuse();
          const values = given.map((value, index) => convertArgument(value, types[index]));
          notebook().noted.push({ run, values });
        };
      },
    },
    dataIdMap: {
      get(dataId: object) {
        const buffer = notebook().bufferOf.get(dataId);
        if (buffer === undefined) return dataIdMap.get(dataId);
        return { id: markId(buffer), memoryOffset: markAddress(buffer) };
      },
    },
    makeOutput: (shape: number[], dtype: tf.DataType, at?: number | null, values?: unknown) =>
      at == null && values == null ? notebook().makeOutput(shape, dtype) : refuse(),
  };
}

/** As Emscripten passes an argument of such a type. */
function convertArgument(value: unknown, type: string | undefined): number | Uint8Array {
  if (type === 'array' && value instanceof Uint8Array) return value;
  if ((type === 'number' || type === 'boolean') && (typeof value === 'number' || typeof value === 'boolean'))
    return Number(value);
  return refuse();
}

function refuse(): never {
  throw new Error('this cannot be noted');
}

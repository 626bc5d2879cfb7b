import type { Memory, Values } from '@keepfit/js-kernels';
import { heapOf } from '../heap.js';

/** tfjs' WebAssembly heap as kernels in plain JavaScript see it. */
export function heapMemory(backend: unknown): Memory {
  const heap = heapOf(backend);
  return {
    values(tensor): Values {
      if (tensor.dtype === 'int32') return heap.ints(tensor);
      return tensor.dtype === 'bool' ? heap.bytes(tensor) : heap.floats(tensor);
    },
    output: (shape, dtype) => heap.output(shape, dtype),
    written(tensor) {
      // Kernels write numbers; the array makes what they are of its own type.
      return this.values(tensor) as Float32Array;
    },
  };
}

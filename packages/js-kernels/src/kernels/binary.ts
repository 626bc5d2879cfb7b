import { broadcast_util, type DataType, type TensorInfo } from '@tensorflow/tfjs-core';
import { broadcast, type Run } from '../elementwise/broadcast.js';
import type { JsKernel } from '../js-kernel.js';

/**
 * A kernel of two broadcast operands. The result has the type of the first unless another is given. Text and complex numbers are not
 * handled.
 */
export function binary(
  kernelName: string,
  run: Run,
  dtype?: DataType,
): JsKernel<Record<'a' | 'b', TensorInfo>, object> {
  return {
    kernelName,
    handles: ({ a, b }) => a.dtype === b.dtype && (a.dtype === 'float32' || a.dtype === 'int32'),
    compute({ a, b }, _, memory) {
      const out = memory.output(
        broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape),
        dtype ?? a.dtype,
      );
      broadcast(run, memory.values(a), a.shape, memory.values(b), b.shape, memory.written(out));
      return out;
    },
  };
}

import {
  broadcast_util,
  broadcastTo,
  engine,
  type KernelConfig,
  type KernelFunc,
  type Tensor,
  type TensorInfo,
  tidy,
} from '@tensorflow/tfjs-core';
import { type GpuName, getStockKernel } from './stock.js';

/**
 * Products of stacks of matrices, whatever axes of theirs are broadcast. tfjs' shaders begin the shorter stack anew when it is at its end,
 * which is right only where the axes that it lacks are the first.
 */
export function createBroadcastProducts(backendName: GpuName): KernelConfig[] {
  return ['BatchMatMul', '_FusedMatMul'].map((kernelName) => {
    const stock = getStockKernel(kernelName, backendName);
    return { kernelName, backendName, kernelFunc: (call) => multiply(stock, call) };
  });
}

function multiply(stock: KernelFunc, call: Parameters<KernelFunc>[0]): TensorInfo | TensorInfo[] {
  const { a, b } = call.inputs as { a: Tensor; b: Tensor };
  const batches = broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const [left, right] = [isCyclic(a, batches), isCyclic(b, batches)];
  if (left && right) return stock(call);
  return tidy(() => {
    const inputs = {
      ...call.inputs,
      a: left ? a : broadcastStack(a, batches),
      b: right ? b : broadcastStack(b, batches),
    };
    return engine().makeTensorFromTensorInfo(stock({ ...call, inputs }) as TensorInfo);
  });
}

/** Whether its stack, begun anew at its end, is the one that is broadcast. */
function isCyclic({ shape }: Tensor, batches: readonly number[]): boolean {
  const own = shape.slice(0, -2);
  const held = own.slice(own.findIndex((length) => length !== 1));
  return (
    own.every((length) => length === 1) ||
    held.every((length, axis) => length === batches[batches.length - held.length + axis])
  );
}

function broadcastStack(x: Tensor, batches: readonly number[]): Tensor {
  return broadcastTo(x, [...batches, ...x.shape.slice(-2)]);
}

import * as tf from '@tensorflow/tfjs-core';
import { type GpuName, getStockKernel } from './stock.js';

/**
 * Products of stacks of matrices, whichever of their axes are broadcast. At the end of the shorter stack
 * tfjs' shaders start it from the beginning, which is right only if the axes that it lacks are the first.
 */
export function createBroadcastProducts(backendName: GpuName): tf.KernelConfig[] {
  return ['BatchMatMul', '_FusedMatMul'].map((kernelName) => {
    const stock = getStockKernel(kernelName, backendName);
    return { kernelName, backendName, kernelFunc: (call) => multiply(stock, call) };
  });
}

function multiply(stock: tf.KernelFunc, call: Parameters<tf.KernelFunc>[0]): tf.TensorInfo | tf.TensorInfo[] {
  const { a, b } = call.inputs as { a: tf.Tensor; b: tf.Tensor };
  const batches = tf.broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const [left, right] = [isCyclic(a, batches), isCyclic(b, batches)];
  if (left && right) return stock(call);
  return tf.tidy(() => {
    const inputs = {
      ...call.inputs,
      a: left ? a : broadcastStack(a, batches),
      b: right ? b : broadcastStack(b, batches),
    };
    return tf.engine().makeTensorFromTensorInfo(stock({ ...call, inputs }) as tf.TensorInfo);
  });
}

/** Whether starting the stack again at its end equals broadcasting it. */
function isCyclic({ shape }: tf.Tensor, batches: readonly number[]): boolean {
  const own = shape.slice(0, -2);
  const held = own.slice(own.findIndex((length) => length !== 1));
  return (
    own.every((length) => length === 1) ||
    held.every((length, axis) => length === batches[batches.length - held.length + axis])
  );
}

function broadcastStack(x: tf.Tensor, batches: readonly number[]): tf.Tensor {
  return tf.broadcastTo(x, [...batches, ...x.shape.slice(-2)]);
}

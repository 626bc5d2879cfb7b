import { getStockKernel } from '@keepfit/gpu-kernels';
import * as tf from '@tensorflow/tfjs-core';

interface TotalAttrs {
  readonly axis: number;
  readonly exclusive: boolean;
  readonly reverse: boolean;
}

/**
 * Running sums and products. tfjs' own shader for totals from the end keeps the length of its first tensor
 * and is used again for other lengths. It has no shader for tensors of more than four dimensions.
 */
export function createRunningTotals(): tf.KernelConfig[] {
  return ['Cumsum', 'Cumprod'].map((kernelName) => {
    const stock = getStockKernel(kernelName, 'webgpu');
    return { kernelName, backendName: 'webgpu', kernelFunc: (call) => computeRunningTotal(stock, call) };
  });
}

function computeRunningTotal(
  stock: tf.KernelFunc,
  { inputs, attrs, backend }: Parameters<tf.KernelFunc>[0],
): tf.Tensor {
  const { axis, exclusive, reverse: fromEnd } = attrs as unknown as TotalAttrs;
  const x = inputs['x'] as tf.Tensor;
  const rank = x.shape.length;
  if (rank === 0) return x.clone();
  return tf.tidy(() => {
    const order = [...x.shape.keys()].filter((dim) => dim !== axis).concat(axis);
    const turned = tf.transpose(x, order);
    const rows = tf.reshape(turned, [-1, x.shape[axis] ?? 1]);
    const ahead = fromEnd ? tf.reverse(rows, 1) : rows;
    const totals = tf.engine().makeTensorFromTensorInfo(
      stock({
        inputs: { x: ahead },
        attrs: { axis: 1, exclusive, reverse: false },
        backend,
      }) as tf.TensorInfo,
    );
    const inOrder = tf.reshape(fromEnd ? tf.reverse(totals, 1) : totals, turned.shape);
    return tf.transpose(
      inOrder,
      order.map((_, dim) => order.indexOf(dim)),
    );
  });
}

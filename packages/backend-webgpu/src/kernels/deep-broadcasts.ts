import { getStockKernel } from '@keepfit/gpu-kernels';
import * as tf from '@tensorflow/tfjs-core';

const PAIRWISE = [
  tf.Add,
  tf.Sub,
  tf.Multiply,
  tf.RealDiv,
  tf.Mod,
  tf.Pow,
  tf.Maximum,
  tf.Minimum,
  tf.SquaredDifference,
  tf.Equal,
  tf.NotEqual,
  tf.Greater,
  tf.GreaterEqual,
  tf.Less,
  tf.LessEqual,
  tf.LogicalAnd,
  tf.LogicalOr,
  tf.Atan2,
];

/**
 * Pairwise operations of a tensor of five or more dimensions and one of one. tfjs' shader for a short vector
 * does not compile then, and the device is lost for everything else. As a row of two dimensions, the vector
 * takes the other shader.
 */
export function createDeepBroadcasts(): tf.KernelConfig[] {
  return PAIRWISE.map((kernelName) => {
    const stock = getStockKernel(kernelName, 'webgpu');
    return {
      kernelName,
      backendName: 'webgpu',
      kernelFunc: (call) => {
        const { a, b } = call.inputs as { a: tf.Tensor; b: tf.Tensor };
        const isDeep = Math.max(a.shape.length, b.shape.length) > 4;
        if (!isDeep || Math.min(a.shape.length, b.shape.length) !== 1) return stock(call);
        return tf.tidy(() => {
          const inputs = { ...call.inputs, a: toRow(a), b: toRow(b) };
          return tf.engine().makeTensorFromTensorInfo(stock({ ...call, inputs }) as tf.TensorInfo);
        });
      },
    };
  });
}

function toRow(x: tf.Tensor): tf.Tensor {
  return x.shape.length === 1 ? tf.reshape(x, [1, x.size]) : x;
}

import { getStockKernel } from '@keepfit/gpu-kernels';
import {
  engine,
  type KernelConfig,
  type KernelFunc,
  reshape,
  reverse,
  type Tensor,
  type TensorInfo,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core';

interface TotalAttrs {
  readonly axis: number;
  readonly exclusive: boolean;
  readonly reverse: boolean;
}

/**
 * Running sums and products. tfjs' own shader for those from the end holds the length of the first tensor it was used for, and is used
 * again for other lengths; and none is there for tensors of more than four dimensions.
 */
export function createRunningTotals(): KernelConfig[] {
  return ['Cumsum', 'Cumprod'].map((kernelName) => {
    const stock = getStockKernel(kernelName, 'webgpu');
    return { kernelName, backendName: 'webgpu', kernelFunc: (call) => computeRunningTotal(stock, call) };
  });
}

function computeRunningTotal(
  stock: KernelFunc,
  { inputs, attrs, backend }: Parameters<KernelFunc>[0],
): Tensor {
  const { axis, exclusive, reverse: fromEnd } = attrs as unknown as TotalAttrs;
  const x = inputs['x'] as Tensor;
  const rank = x.shape.length;
  if (rank === 0) return x.clone();
  return tidy(() => {
    const order = [...x.shape.keys()].filter((dim) => dim !== axis).concat(axis);
    const turned = transpose(x, order);
    const rows = reshape(turned, [-1, x.shape[axis] ?? 1]);
    const ahead = fromEnd ? reverse(rows, 1) : rows;
    const totals = engine().makeTensorFromTensorInfo(
      stock({ inputs: { x: ahead }, attrs: { axis: 1, exclusive, reverse: false }, backend }) as TensorInfo,
    );
    const inOrder = reshape(fromEnd ? reverse(totals, 1) : totals, turned.shape);
    return transpose(
      inOrder,
      order.map((_, dim) => order.indexOf(dim)),
    );
  });
}

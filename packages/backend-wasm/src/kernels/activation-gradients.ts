import * as tf from '@tensorflow/tfjs-core';
import { createSimdKernel, type SimdTools } from '../simd/simd-kernel.js';

/** An export of the module: the gradient of the result, the saved tensor, the gradient, its size, numbers. */
type Run = (dy: number, saved: number, dx: number, size: number, ...numbers: number[]) => void;

/**
 * Gradients that `@keepfit/fit` asks a backend for. Each replaces several ops of tfjs and gives the same
 * values to the bit.
 */
export function activationGradients(tools: SimdTools): readonly tf.KernelConfig[] {
  const { simd } = tools;
  return [
    createKernel('KeepfitTanhGradient', tools, 'y', simd.tanhGradient),
    createKernel('KeepfitSigmoidGradient', tools, 'y', simd.sigmoidGradient),
    createKernel('KeepfitClipGradient', tools, 'x', simd.clipGradient as Run, ['low', 'high']),
    createKernel('KeepfitReluGradient', tools, 'x', simd.reluGradient as Run, ['max']),
    createKernel('KeepfitLeakyReluGradient', tools, 'x', simd.leakyReluGradient as Run, ['alpha']),
    createKernel('KeepfitSquareGradient', tools, 'x', simd.squareGradient),
    greaterGradient(tools),
  ];
}

/** Of a maximum or minimum, whose other operand may be a single number. */
function greaterGradient(tools: SimdTools): tf.KernelConfig {
  const { simd, heap } = tools;
  return createSimdKernel<Readonly<Record<'dy' | 'a' | 'b', tf.TensorInfo>>, { orEqual: boolean }>(
    'KeepfitGreaterGradient',
    tools,
    ({ dy, a, b }, { orEqual }) => {
      const dx = heap.output(dy.shape);
      simd.greaterGradient(
        heap.address(dy),
        heap.address(a),
        tf.util.sizeFromShape(a.shape),
        heap.address(b),
        tf.util.sizeFromShape(b.shape),
        heap.address(dx),
        tf.util.sizeFromShape(dy.shape),
        orEqual ? 1 : 0,
      );
      return dx;
    },
  );
}

/** @param saved The name of the saved tensor. @param numbers The names of the attributes, in their order. */
function createKernel(
  name: string,
  tools: SimdTools,
  saved: string,
  run: Run,
  numbers: readonly string[] = [],
): tf.KernelConfig {
  const { heap } = tools;
  return createSimdKernel<Readonly<Record<string, tf.TensorInfo>>, Readonly<Record<string, number>>>(
    name,
    tools,
    (inputs, attrs) => {
      const [dy, from] = [inputs['dy'] as tf.TensorInfo, inputs[saved] as tf.TensorInfo];
      const dx = heap.output(from.shape);
      run(
        heap.address(dy),
        heap.address(from),
        heap.address(dx),
        tf.util.sizeFromShape(from.shape),
        ...numbers.map((number) => attrs[number] as number),
      );
      return dx;
    },
  );
}

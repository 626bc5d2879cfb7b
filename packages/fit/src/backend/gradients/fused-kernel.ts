import { engine, getBackend, getKernel, type NamedAttrMap, type Tensor } from '@tensorflow/tfjs-core';
import { runKernel } from './run-kernel.js';

/**
 * What a kernel of keepfit's gives for floats, or undefined where the backend has none. Also undefined where the gradient is itself being
 * differentiated: these kernels have no gradients, while tfjs' ops do.
 */
export function fusedKernel(
  name: string,
  inputs: Record<string, Tensor>,
  attrs: NamedAttrMap = {},
): Tensor | undefined {
  if (engine().state.gradientDepth > 0 || getKernel(name, getBackend()) === undefined) return undefined;
  return Object.values(inputs).every(({ dtype }) => dtype === 'float32')
    ? runKernel(name, inputs, attrs)
    : undefined;
}

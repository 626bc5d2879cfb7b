import {
  engine,
  getBackend,
  getKernel,
  type GradConfig,
  type NamedAttrMap,
  type Tensor,
} from '@tensorflow/tfjs-core';

/** How tfjs' gradient functions are called here: every op that is corrected has one output. */
type GradientFunction<Attrs = NamedAttrMap> = (
  dy: Tensor,
  saved: Tensor[],
  attrs: Attrs,
) => Record<string, () => Tensor>;

type Saved = Pick<GradConfig, 'inputsToSave' | 'outputsToSave' | 'saveAllInputs'>;

/** A gradient for tfjs' registry. What is saved of the forward pass comes in this order: inputs, then the output. */
export function defineGradient<Attrs>(
  kernelName: string,
  saved: Saved,
  gradFunc: GradientFunction<Attrs>,
): GradConfig {
  return { kernelName, ...saved, gradFunc: gradFunc as GradConfig['gradFunc'] };
}

/** Runs a kernel for which tfjs-core exports no op, as it does for those that compute gradients. */
export function runKernel(name: string, inputs: Record<string, Tensor>, attrs: object = {}): Tensor {
  return engine().runKernel(name, inputs, attrs as Parameters<ReturnType<typeof engine>['runKernel']>[2]);
}

/**
 * What a kernel of keepfit's gives for floats, or undefined where the backend has none. Also undefined where the gradient is itself being
 * differentiated: these kernels have no gradients, while tfjs' ops do.
 */
export function runFusedKernel(
  name: string,
  inputs: Record<string, Tensor>,
  attrs: NamedAttrMap = {},
): Tensor | undefined {
  if (engine().state.gradientDepth > 0 || getKernel(name, getBackend()) === undefined) return undefined;
  return Object.values(inputs).every(({ dtype }) => dtype === 'float32')
    ? runKernel(name, inputs, attrs)
    : undefined;
}

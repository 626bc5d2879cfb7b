import * as tf from '@tensorflow/tfjs-core';

/** The shape of tfjs' gradient functions here: every corrected op has one output. */
type GradientFunction<Attrs = tf.NamedAttrMap> = (
  dy: tf.Tensor,
  saved: tf.Tensor[],
  attrs: Attrs,
) => Record<string, () => tf.Tensor>;

type Saved = Pick<tf.GradConfig, 'inputsToSave' | 'outputsToSave' | 'saveAllInputs'>;

/**
 * Creates a gradient for tfjs' registry. The saved tensors of the forward pass arrive in this order: inputs,
 * then the output.
 */
export function defineGradient<Attrs>(
  kernelName: string,
  saved: Saved,
  gradFunc: GradientFunction<Attrs>,
): tf.GradConfig {
  return { kernelName, ...saved, gradFunc: gradFunc as tf.GradConfig['gradFunc'] };
}

/** Runs a kernel for which tfjs-core exports no op, such as the kernels that compute gradients. */
export function runKernel(name: string, inputs: Record<string, tf.Tensor>, attrs: object = {}): tf.Tensor {
  return tf
    .engine()
    .runKernel(name, inputs, attrs as Parameters<ReturnType<typeof tf.engine>['runKernel']>[2]);
}

/**
 * Runs one of keepfit's fused kernels on floats. Returns undefined if the backend has none, or if the
 * gradient itself is being differentiated: these kernels have no gradients, while tfjs' ops do.
 */
export function runFusedKernel(
  name: string,
  inputs: Record<string, tf.Tensor>,
  attrs?: tf.NamedAttrMap,
): tf.Tensor | undefined {
  return runFusedKernels(name, inputs, attrs)?.[0];
}

/** Like `runFusedKernel`, for a kernel of several results. */
export function runFusedKernels(
  name: string,
  inputs: Record<string, tf.Tensor>,
  attrs: tf.NamedAttrMap = {},
): tf.Tensor[] | undefined {
  if (tf.engine().state.gradientDepth > 0 || tf.getKernel(name, tf.getBackend()) === undefined)
    return undefined;
  return Object.values(inputs).every(({ dtype }) => dtype === 'float32')
    ? [runKernel(name, inputs, attrs) as tf.Tensor | tf.Tensor[]].flat()
    : undefined;
}

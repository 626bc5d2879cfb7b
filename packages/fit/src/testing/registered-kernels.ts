import * as tf from '@tensorflow/tfjs-core';

/** Every kernel that is registered, by the names of its backend and its own. */
export function registeredKernels(): ReadonlyMap<string, tf.KernelConfig> {
  const backends = Object.keys(tf.engine().registryFactory);
  const kernels = backends.flatMap((backend) => tf.getKernelsForBackend(backend));
  return new Map(kernels.map((kernel) => [`${kernel.backendName} ${kernel.kernelName}`, kernel]));
}

import { engine, getKernelsForBackend, type KernelConfig } from '@tensorflow/tfjs-core';

/** Every kernel that is registered, by the names of its backend and its own. */
export function registeredKernels(): ReadonlyMap<string, KernelConfig> {
  const backends = Object.keys(engine().registryFactory);
  const kernels = backends.flatMap((backend) => getKernelsForBackend(backend));
  return new Map(kernels.map((kernel) => [`${kernel.backendName} ${kernel.kernelName}`, kernel]));
}

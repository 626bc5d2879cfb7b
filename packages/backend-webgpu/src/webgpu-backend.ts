import { KeepfitError } from '@keepfit/callbacks';
import { checkOptions, isBoolean } from '@keepfit/callbacks/internal';
import { type Backend, replaceKernels } from '@keepfit/fit';
import { crossedBatches, deepPad, failingReads, maxPoolGrads, setFlags } from '@keepfit/gpu-kernels';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { backend, type KernelConfig, setBackend } from '@tensorflow/tfjs-core';
import { firstMaxProgram } from './kernels/first-max-program.js';
import { floatCast } from './kernels/float-cast.js';
import { runningTotals } from './kernels/running-totals.js';
import { trigonometricKernels } from './kernels/trigonometry.js';
import { probeWebgpu } from './probe-webgpu.js';

export interface WebgpuBackendOptions {
  /**
   * Starts also where WebGPU is computed in software, on the CPU. That is for tests: the WASM backend trains many times faster there.
   * @default false
   */
  software?: boolean;
}

/** Goes into checkpoints. Counts up with every change of a kernel that may change a rounding. */
const KERNELS = 'keepfit-webgpu 1';

/**
 * tfjs' WebGPU backend, made fit for training: it repeats itself bit for bit on one GPU and driver, and its kernels that are wrong for
 * training are replaced. Values are read from it by `await tensor.data()` only: `dataSync()` gives wrong values on some systems.
 *
 * ```ts
 * await useBackend([webgpuBackend(), cpuBackend()]);
 * ```
 *
 * `start` resolves false where there is no WebGPU adapter.
 * @throws KEEPFIT_BACKEND_UNAVAILABLE from `start`, where WebGPU is computed in software
 */
export function webgpuBackend(options: WebgpuBackendOptions = {}): Backend {
  checkOptions('webgpuBackend', options, { software: [isBoolean, 'true or false'] });
  let adapter: string | undefined;
  let undo: readonly (() => void)[] = [];
  const stop = () => {
    for (const back of [...undo].reverse()) back();
    undo = [];
  };
  return {
    name: 'webgpu',
    // Another GPU may round otherwise.
    get kernels() {
      return adapter === undefined ? KERNELS : `${KERNELS} on ${adapter}`;
    },
    async start() {
      stop();
      const probe = await probeWebgpu();
      if (probe.kind === 'none') return false;
      if (probe.kind === 'software' && options.software !== true) throw onlySoftware(probe.adapter);
      await import('@tensorflow/tfjs-backend-webgpu');
      // Small tensors that are on the host anyway would be computed there, so after a restore others than without: it rounds otherwise.
      undo = [setFlags({ WEBGPU_CPU_FORWARD: false })];
      if (!(await setBackend('webgpu'))) {
        stop();
        throw unavailable(`tfjs could not start it on ${probe.adapter}`);
      }
      undo = [...undo, replaceKernels(kernels()), tellOfLoss(backend() as WebGPUBackend)];
      adapter = probe.adapter;
      return true;
    },
    stop,
  };
}

function kernels(): KernelConfig[] {
  const firstMax = maxPoolGrads('webgpu', (gpu, window, operands) => {
    return (gpu as WebGPUBackend).runWebGPUProgram(firstMaxProgram(window), operands, 'float32');
  });
  return [
    deepPad('webgpu'),
    floatCast(),
    ...crossedBatches('webgpu'),
    ...firstMax,
    ...runningTotals(),
    ...trigonometricKernels(),
  ];
}

/** Where the device is lost, or refuses a kernel or memory, WebGPU goes on with zeros. */
function tellOfLoss(gpu: WebGPUBackend): () => void {
  const reads = failingReads(gpu);
  const onError = (event: Event) =>
    reads.fail(`WebGPU reported an error: ${(event as unknown as { error: Error }).error.message}`);
  const { device } = gpu as unknown as {
    device: EventTarget & { readonly lost: Promise<{ readonly message: string }> };
  };
  device.addEventListener('uncapturederror', onError);
  void device.lost.then(({ message }) =>
    reads.fail(`the WebGPU device is lost, and with it all values on it (${message || 'no reason given'})`),
  );
  return () => {
    device.removeEventListener('uncapturederror', onError);
    reads.restore();
  };
}

function onlySoftware(adapter: string): KeepfitError {
  return unavailable(
    `it is computed in software here (${adapter}), many times slower than by wasmBackend(); take that, or webgpuBackend({ software: true }) for a test`,
  );
}

function unavailable(reason: string): KeepfitError {
  return new KeepfitError('KEEPFIT_BACKEND_UNAVAILABLE', reason);
}

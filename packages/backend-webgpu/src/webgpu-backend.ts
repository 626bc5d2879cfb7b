import { KeepfitError } from '@keepfit/callbacks';
import { checkOptions, isBoolean } from '@keepfit/callbacks/internal';
import { type Backend, replaceKernels } from '@keepfit/fit/internal';
import {
  createBroadcastProducts,
  createDeepPad,
  createDeepSelect,
  createFloorDiv,
  createStridedGrads,
  digestArithmetic,
  guardReads,
  createMaxPoolGrads,
  setFlags,
} from '@keepfit/gpu-kernels';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import { createDeepBroadcasts } from './kernels/deep-broadcasts.js';
import { createFirstMaxProgram } from './kernels/first-max-program.js';
import { createElementwiseProgram } from './kernels/flat-program.js';
import { createFloatCast } from './kernels/float-cast.js';
import { createLongProducts } from './kernels/long-products.js';
import { createRunningTotals } from './kernels/running-totals.js';
import { createSegmentSum } from './kernels/segment-sum.js';
import { createTrigonometricKernels } from './kernels/trigonometry.js';
import { probeWebgpu } from './probe-webgpu.js';

export interface WebgpuBackendOptions {
  /**
   * Also starts on WebGPU that software computes, on the CPU. That is for tests: the WASM backend trains many
   * times faster there.
   *
   * @default false
   */
  readonly software?: boolean;
}

/** Checkpoints hold it. Raise it with every change of a kernel that may change a rounding. */
const KERNELS = 'keepfit-webgpu 2';

/**
 * tfjs' WebGPU backend, made fit for training. It repeats itself bit for bit on one GPU and driver, and
 * replaces tfjs' kernels that are wrong for training. Read values only with `await tensor.data()`:
 * `dataSync()` gives wrong values on some systems.
 *
 * ```ts
 * await useBackend([webgpuBackend(), cpuBackend()]);
 * ```
 *
 * `start` resolves false without a WebGPU adapter.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 * @throws KEEPFIT_BACKEND_UNAVAILABLE, from `start`, when software computes WebGPU.
 */
export function webgpuBackend(options: WebgpuBackendOptions = {}): Backend {
  checkOptions('webgpuBackend', options, { software: [isBoolean, 'true or false'] });
  let device: string | undefined;
  let undo: readonly (() => void)[] = [];
  const stop = () => {
    for (const back of [...undo].reverse()) back();
    undo = [];
  };
  return {
    name: 'webgpu',
    // Another GPU, driver or shader compiler may round differently.
    get kernels() {
      return device === undefined ? KERNELS : `${KERNELS} on ${device}`;
    },
    verifiedGradients: 'all',
    async start() {
      stop();
      const probe = await probeWebgpu();
      if (probe.kind === 'none') return false;
      if (probe.kind === 'software' && options.software !== true) throw createSoftwareError(probe.adapter);
      await import('@tensorflow/tfjs-backend-webgpu');
      // tfjs would compute small tensors on the host if they are there. After a restore these are different
      // ones, and the host rounds differently.
      undo = [setFlags({ WEBGPU_CPU_FORWARD: false })];
      try {
        if (!(await tf.setBackend('webgpu')))
          throw createUnavailableError(`tfjs could not start it on ${probe.adapter}`);
        const gpu = tf.backend() as WebGPUBackend;
        undo = [...undo, replaceKernels(listKernels()), failReadsOnLoss(gpu)];
        device = `${probe.adapter}, arithmetic ${await digest(gpu)}`;
      } catch (error) {
        stop();
        throw error;
      }
      return true;
    },
    stop,
  };
}

function listKernels(): tf.KernelConfig[] {
  const firstMax = createMaxPoolGrads('webgpu', (gpu, window, operands) => {
    return (gpu as WebGPUBackend).runWebGPUProgram(createFirstMaxProgram(window), operands, 'float32');
  });
  return [
    ...createDeepBroadcasts(),
    createDeepPad('webgpu'),
    createDeepSelect('webgpu'),
    createFloatCast(),
    createFloorDiv('webgpu'),
    ...createLongProducts(createBroadcastProducts('webgpu')),
    ...createStridedGrads('webgpu'),
    ...firstMax,
    ...createRunningTotals(),
    createSegmentSum(),
    ...createTrigonometricKernels(),
  ];
}

function digest(gpu: WebGPUBackend): Promise<string> {
  return digestArithmetic('let', (statements, x) =>
    gpu.runWebGPUProgram(createElementwiseProgram('Arithmetic', x.shape, statements), [x], 'float32'),
  );
}

/** If the device is lost, or refuses a kernel or memory, WebGPU continues with zeros. */
function failReadsOnLoss(gpu: WebGPUBackend): () => void {
  const reads = guardReads(gpu);
  const onError = (event: Event) =>
    reads.fail(`WebGPU reported an error: ${(event as unknown as { error: Error }).error.message}`);
  const { device } = gpu as unknown as {
    device: EventTarget & { readonly lost: Promise<{ readonly message: string }> };
  };
  device.addEventListener('uncapturederror', onError);
  void device.lost.then(({ message }) =>
    reads.fail(`the WebGPU device is lost, with all its values (${message || 'no reason given'})`),
  );
  return () => {
    device.removeEventListener('uncapturederror', onError);
    reads.restore();
  };
}

function createSoftwareError(adapter: string): KeepfitError {
  return createUnavailableError(
    `software computes it here (${adapter}), many times slower than wasmBackend(); use that, or webgpuBackend({ software: true }) for a test`,
  );
}

function createUnavailableError(reason: string): KeepfitError {
  return new KeepfitError('KEEPFIT_BACKEND_UNAVAILABLE', reason);
}

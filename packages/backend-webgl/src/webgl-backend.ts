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
import type { MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl';
import * as tf from '@tensorflow/tfjs-core';
import { clearProductPadding } from './clear-product-padding.js';
import { createFirstMaxProgram } from './kernels/first-max-program.js';
import { createElementwiseProgram } from './kernels/elementwise-program.js';
import { createTrigonometricKernels } from './kernels/trigonometry.js';
import { probeWebgl } from './probe-webgl.js';
import { refuseLongAxes } from './refuse-long-axes.js';

export interface WebglBackendOptions {
  /**
   * Also starts on WebGL that software computes, on the CPU. That is for tests: the WASM backend trains many
   * times faster there.
   *
   * @default false
   */
  readonly software?: boolean;
}

/** Checkpoints hold it. Raise it with every change of a kernel that may change a rounding. */
const KERNELS = 'keepfit-webgl 3';

/**
 * tfjs' WebGL 2 backend on the GPU, made fit for training. It repeats itself bit for bit on one GPU and
 * driver, and replaces tfjs' kernels that are wrong for training.
 *
 * ```ts
 * await useBackend([webglBackend(), cpuBackend()]);
 * ```
 *
 * `start` resolves false without WebGL 2, as in Node.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 * @throws KEEPFIT_BACKEND_UNAVAILABLE, from `start`, when software computes WebGL, or when it has only 16-bit
 * floats.
 */
export function webglBackend(options: WebglBackendOptions = {}): Backend {
  checkOptions('webglBackend', options, { software: [isBoolean, 'true or false'] });
  const { software = false } = options;
  let device: string | undefined;
  let undo: readonly (() => void)[] = [];
  const stop = () => {
    for (const back of [...undo].reverse()) back();
    undo = [];
  };
  return {
    name: 'webgl',
    // Another GPU, driver or shader compiler may round differently.
    get kernels() {
      return device === undefined ? KERNELS : `${KERNELS} on ${device}`;
    },
    verifiedGradients: 'all',
    async start() {
      stop();
      const probe = probeWebgl();
      if (probe.kind === 'none') return false;
      if (probe.kind === 'software' && !software) throw createSoftwareError(probe.renderer);
      await import('@tensorflow/tfjs-backend-webgl');
      // tfjs would compute small tensors on the host if they are there. After a restore these are different
      // ones, and the host rounds differently.
      undo = [setFlags({ WEBGL_CPU_FORWARD: false, ...(software && { SOFTWARE_WEBGL_ENABLED: true }) })];
      try {
        if (tf.env().getNumber('WEBGL_VERSION') !== 2) forgetProbes();
        if (!tf.env().getBool('WEBGL_RENDER_FLOAT32_ENABLED')) throw createHalfFloatsError(probe.renderer);
        if (!(await tf.setBackend('webgl')))
          throw createUnavailableError(`tfjs could not start it on ${probe.renderer}`);
        const gpu = tf.backend() as MathBackendWebGL;
        undo = [
          ...undo,
          replaceKernels(listKernels()),
          forceFullPrecision(gpu),
          refuseLongAxes(gpu),
          clearProductPadding(gpu),
          failReadsOnLoss(gpu),
        ];
        device = `${probe.renderer}, arithmetic ${await digest(gpu)}`;
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
  const firstMax = createMaxPoolGrads('webgl', (gpu, window, operands) => {
    return (gpu as MathBackendWebGL).runWebGLProgram(createFirstMaxProgram(window), operands, 'float32');
  });
  return [
    createDeepPad('webgl'),
    createDeepSelect('webgl'),
    createFloorDiv('webgl'),
    ...createBroadcastProducts('webgl'),
    ...createStridedGrads('webgl'),
    ...firstMax,
    ...createTrigonometricKernels(),
  ];
}

function digest(gpu: MathBackendWebGL): Promise<string> {
  return digestArithmetic('float', (statements, x) =>
    gpu.runWebGLProgram(createElementwiseProgram(x.shape, statements), [x], 'float32'),
  );
}

/** tfjs probes once, perhaps before software WebGL was allowed. */
function forgetProbes(): void {
  const flags = tf.env().getFlags();
  for (const name of Object.keys(flags))
    if (
      /^(HAS_WEBGL|WEBGL_VERSION|WEBGL_RENDER_|WEBGL_MAX_|WEBGL_PACK|WEBGL_.*(SUPPORTED|ENABLED|COL))/.test(
        name,
      )
    )
      delete flags[name];
}

/**
 * tfjs takes 32-bit floats for 16-bit ones here, and gives optimizers and losses an epsilon of 1e-4 instead
 * of 1e-7.
 */
function forceFullPrecision(gpu: MathBackendWebGL): () => void {
  gpu.floatPrecision = () => 32;
  return () => void Reflect.deleteProperty(gpu, 'floatPrecision');
}

/** After the context is lost, tfjs waits for values forever. */
function failReadsOnLoss(gpu: MathBackendWebGL): () => void {
  const reads = guardReads(gpu);
  const onLost = () => reads.fail('the browser took the WebGL context away, with all values on the GPU');
  const { canvas } = gpu.getGPGPUContext().gl;
  canvas.addEventListener('webglcontextlost', onLost);
  return () => {
    canvas.removeEventListener('webglcontextlost', onLost);
    reads.restore();
  };
}

function createSoftwareError(renderer: string): KeepfitError {
  return createUnavailableError(
    `software computes it here (${renderer}), many times slower than wasmBackend(); use that, or webglBackend({ software: true }) for a test`,
  );
}

function createHalfFloatsError(renderer: string): KeepfitError {
  return createUnavailableError(
    `it computes with 16-bit floats here (${renderer}), which are too coarse for training; use wasmBackend()`,
  );
}

function createUnavailableError(reason: string): KeepfitError {
  return new KeepfitError('KEEPFIT_BACKEND_UNAVAILABLE', reason);
}

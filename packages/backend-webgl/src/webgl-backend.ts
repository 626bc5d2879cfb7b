import { KeepfitError } from '@keepfit/callbacks';
import { checkOptions, isBoolean } from '@keepfit/callbacks/internal';
import { type Backend, replaceKernels } from '@keepfit/fit';
import { crossedBatches, deepPad, failingReads, maxPoolGrads, setFlags } from '@keepfit/gpu-kernels';
import type { MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl';
import { backend, env, type KernelConfig, setBackend } from '@tensorflow/tfjs-core';
import { firstMaxProgram } from './kernels/first-max-program.js';
import { floorDiv } from './kernels/floor-div.js';
import { trigonometricKernels } from './kernels/trigonometry.js';
import { probeWebgl } from './probe-webgl.js';

export interface WebglBackendOptions {
  /**
   * Starts also where WebGL is computed in software, on the CPU. That is for tests: the WASM backend trains many times faster there.
   * @default false
   */
  software?: boolean;
}

/** Goes into checkpoints. Counts up with every change of a kernel that may change a rounding. */
const KERNELS = 'keepfit-webgl 1';

/**
 * tfjs' WebGL 2 backend on the GPU, made fit for training: it repeats itself bit for bit on one GPU and driver, and its kernels that are
 * wrong for training are replaced.
 *
 * ```ts
 * await useBackend([webglBackend(), cpuBackend()]);
 * ```
 *
 * `start` resolves false where there is no WebGL 2, as in Node.
 * @throws KEEPFIT_BACKEND_UNAVAILABLE from `start`, where WebGL is computed in software or with 16-bit floats only
 */
export function webglBackend(options: WebglBackendOptions = {}): Backend {
  checkOptions('webglBackend', options, { software: [isBoolean, 'true or false'] });
  const { software = false } = options;
  let renderer: string | undefined;
  let undo: readonly (() => void)[] = [];
  const stop = () => {
    for (const back of [...undo].reverse()) back();
    undo = [];
  };
  return {
    name: 'webgl',
    // Another GPU or driver may round otherwise.
    get kernels() {
      return renderer === undefined ? KERNELS : `${KERNELS} on ${renderer}`;
    },
    async start() {
      stop();
      const probe = probeWebgl();
      if (probe.kind === 'none') return false;
      if (probe.kind === 'software' && !software) throw onlySoftware(probe.renderer);
      await import('@tensorflow/tfjs-backend-webgl');
      // Small tensors that are on the host anyway would be computed there, so after a restore others than without: it rounds otherwise.
      undo = [setFlags({ WEBGL_CPU_FORWARD: false, ...(software && { SOFTWARE_WEBGL_ENABLED: true }) })];
      try {
        if (env().getNumber('WEBGL_VERSION') !== 2) forgetProbes();
        if (!env().getBool('WEBGL_RENDER_FLOAT32_ENABLED')) throw onlyHalfFloats(probe.renderer);
        if (!(await setBackend('webgl'))) throw unavailable(`tfjs could not start it on ${probe.renderer}`);
      } catch (error) {
        stop();
        throw error;
      }
      const gpu = backend() as MathBackendWebGL;
      undo = [...undo, replaceKernels(kernels()), fullPrecision(gpu), tellOfLoss(gpu)];
      renderer = probe.renderer;
      return true;
    },
    stop,
  };
}

function kernels(): KernelConfig[] {
  const firstMax = maxPoolGrads('webgl', (gpu, window, operands) => {
    return (gpu as MathBackendWebGL).runWebGLProgram(firstMaxProgram(window), operands, 'float32');
  });
  return [deepPad('webgl'), floorDiv(), ...crossedBatches('webgl'), ...firstMax, ...trigonometricKernels()];
}

/** tfjs looks once, and may have looked before software WebGL was allowed. */
function forgetProbes(): void {
  const flags = env().getFlags();
  for (const name of Object.keys(flags))
    if (
      /^(HAS_WEBGL|WEBGL_VERSION|WEBGL_RENDER_|WEBGL_MAX_|WEBGL_PACK|WEBGL_.*(SUPPORTED|ENABLED|COL))/.test(
        name,
      )
    )
      delete flags[name];
}

/** tfjs takes 32-bit floats for 16-bit ones here, and gives optimizers and losses an epsilon of 1e-4 instead of 1e-7. */
function fullPrecision(gpu: MathBackendWebGL): () => void {
  gpu.floatPrecision = () => 32;
  return () => void Reflect.deleteProperty(gpu, 'floatPrecision');
}

/** Where the context is lost, tfjs waits for values for ever. */
function tellOfLoss(gpu: MathBackendWebGL): () => void {
  const reads = failingReads(gpu);
  const onLost = () =>
    reads.fail('the browser took the WebGL context away, and with it all values on the GPU');
  const { canvas } = gpu.getGPGPUContext().gl;
  canvas.addEventListener('webglcontextlost', onLost);
  return () => {
    canvas.removeEventListener('webglcontextlost', onLost);
    reads.restore();
  };
}

function onlySoftware(renderer: string): KeepfitError {
  return unavailable(
    `it is computed in software here (${renderer}), many times slower than by wasmBackend(); take that, or webglBackend({ software: true }) for a test`,
  );
}

function onlyHalfFloats(renderer: string): KeepfitError {
  return unavailable(
    `it computes with 16-bit floats here (${renderer}), too coarse to train with; take wasmBackend()`,
  );
}

function unavailable(reason: string): KeepfitError {
  return new KeepfitError('KEEPFIT_BACKEND_UNAVAILABLE', reason);
}

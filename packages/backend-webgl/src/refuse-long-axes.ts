import { KeepfitError } from '@keepfit/callbacks';
import type { MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl';

/** Single precision has all whole numbers up to here. */
const LONGEST = 2 ** 24;

/**
 * Makes operations fail whose input has an axis of more than 16,777,216 cells. tfjs' shaders hold a place
 * along an axis as a float, and silently take the neighbor of every second cell beyond.
 */
export function refuseLongAxes(gpu: MathBackendWebGL): () => void {
  const run = gpu.runWebGLProgram.bind(gpu);
  gpu.runWebGLProgram = (program, inputs, ...rest) => {
    for (const { shape } of inputs) if (shape.some((length) => length > LONGEST)) throw createError(shape);
    return run(program, inputs, ...rest);
  };
  // This uncovers the method of the class.
  return () => void Reflect.deleteProperty(gpu, 'runWebGLProgram');
}

function createError(shape: readonly number[]): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_BACKEND_UNAVAILABLE',
    `on webgl a tensor of shape [${shape.join(', ')}] would give wrong results, because an axis has more than ${LONGEST} cells; reshape it to shorter axes, and sum or average them one after the other, or use webgpuBackend() or wasmBackend()`,
  );
}

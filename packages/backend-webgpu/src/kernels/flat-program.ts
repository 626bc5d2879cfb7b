import type { WebGPUProgram } from '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';

const THREADS = 64;

/**
 * A shader that computes each number of its output separately. The layout copies that of tfjs' `webgpu_util`:
 * importing the original would load tfjs' backend when this package is imported, not when it starts.
 *
 * @param key names the code: tfjs caches a shader by it
 */
export function createFlatProgram(
  key: string,
  variableNames: string[],
  outputShape: number[],
  code: () => string,
): WebGPUProgram {
  return {
    variableNames,
    outputShape,
    workgroupSize: [THREADS, 1, 1],
    dispatchLayout: { x: outputShape.map((_, axis) => axis) },
    dispatch: [Math.ceil(tf.util.sizeFromShape(outputShape) / THREADS), 1, 1],
    size: true,
    shaderKey: `keepfit ${key}`,
    getUserCode: code,
  };
}

/**
 * Computes for each number `x` of a tensor the `result` that these statements make of it, a float.
 *
 * @param key names the statements: tfjs caches a shader by it
 */
export function createElementwiseProgram(
  key: string,
  outputShape: number[],
  statements: string,
): WebGPUProgram {
  const code = `
    fn main(index : i32) {
      if (index >= uniforms.size) { return; }
      let x = getXByOutputIndex(index);
      ${statements}
      setOutputAtIndex(index, result);
    }
  `;
  return createFlatProgram(key, ['x'], outputShape, () => code);
}

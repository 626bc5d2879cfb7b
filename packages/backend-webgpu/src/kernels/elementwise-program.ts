import type { WebGPUProgram } from '@tensorflow/tfjs-backend-webgpu';
import { flatProgram } from './flat-program.js';

/**
 * For each number `x` of a tensor: the `result` that these statements make of it, a float.
 * @param key names the statements: tfjs keeps a shader by it
 */
export function elementwiseProgram(key: string, outputShape: number[], statements: string): WebGPUProgram {
  const code = `
    fn main(index : i32) {
      if (index >= uniforms.size) { return; }
      let x = getXByOutputIndex(index);
      ${statements}
      setOutputAtIndex(index, result);
    }
  `;
  return flatProgram(key, ['x'], outputShape, () => code);
}

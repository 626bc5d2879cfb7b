import type { GPGPUProgram } from '@tensorflow/tfjs-backend-webgl';

/** Computes for each number `x` of a tensor the `result` that these statements make of it, a float. */
export function createElementwiseProgram(outputShape: number[], statements: string): GPGPUProgram {
  const userCode = `
    void main() {
      float x = getXAtOutCoords();
      ${statements}
      setOutput(result);
    }
  `;
  return { variableNames: ['x'], outputShape, userCode };
}

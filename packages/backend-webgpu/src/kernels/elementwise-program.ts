import { webgpu_util, type WebGPUProgram } from '@tensorflow/tfjs-backend-webgpu';

const { computeDispatch, flatDispatchLayout } = webgpu_util;

/**
 * For each number `x` of a tensor: the `result` that these statements make of it, a float.
 * @param key names the statements: tfjs keeps a shader by it
 */
export function elementwiseProgram(key: string, outputShape: number[], statements: string): WebGPUProgram {
  const workgroupSize: [number, number, number] = [64, 1, 1];
  const dispatchLayout = flatDispatchLayout(outputShape);
  return {
    variableNames: ['x'],
    outputShape,
    workgroupSize,
    dispatchLayout,
    dispatch: computeDispatch(dispatchLayout, outputShape, workgroupSize),
    size: true,
    shaderKey: `keepfit ${key}`,
    getUserCode: () => `
      fn main(index : i32) {
        if (index >= uniforms.size) { return; }
        let x = getXByOutputIndex(index);
        ${statements}
        setOutputAtIndex(index, result);
      }
    `,
  };
}

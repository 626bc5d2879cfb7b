import { getStockKernel } from '@keepfit/gpu-kernels';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import { createFlatProgram } from './flat-program.js';

/**
 * Sums the rows of each segment in the order of the rows, as in the gradient of an embedding. tfjs' shader
 * lets threads add to a sum in any order, so that the same sum has other bits each time. It also adds rows
 * whose number is too large to another segment; they belong to none.
 */
export function createSegmentSum(): tf.KernelConfig {
  const stock = getStockKernel('UnsortedSegmentSum', 'webgpu');
  return {
    kernelName: 'UnsortedSegmentSum',
    backendName: 'webgpu',
    kernelFunc: (call) =>
      // A sum of integers is the same in any order.
      call.inputs['x']?.dtype === 'float32' ? sumSegments(call) : stock(call),
  };
}

function sumSegments({ inputs, attrs, backend }: Parameters<tf.KernelFunc>[0]): tf.Tensor {
  const { x, segmentIds } = inputs as { x: tf.Tensor; segmentIds: tf.Tensor };
  const { numSegments } = attrs as unknown as { numSegments: number };
  const [rows = 1, ...cells] = x.shape;
  const shape = [numSegments, ...cells];
  const gpu = backend as WebGPUBackend;
  return tf.tidy(() => {
    if (x.size === 0) return tf.zeros(shape);
    const table = tf.reshape(x, [rows, -1]);
    const chain = run(gpu, createChainProgram(numSegments + rows), [tf.reshape(segmentIds, [rows])], 'int32');
    const sums = createSumProgram(numSegments, table.shape[1] ?? 1);
    return tf.reshape(run(gpu, sums, [table, chain], 'float32'), shape);
  });
}

function run(
  gpu: WebGPUBackend,
  program: ReturnType<typeof createFlatProgram>,
  inputs: tf.Tensor[],
  dtype: 'float32' | 'int32',
): tf.Tensor {
  return tf.engine().makeTensorFromTensorInfo(gpu.runWebGPUProgram(program, inputs, dtype));
}

/**
 * For each segment its first row, then for each row the next row of its segment; the number of rows stands
 * for none.
 */
function createChainProgram(size: number): ReturnType<typeof createFlatProgram> {
  return createFlatProgram(
    'SegmentChain',
    ['ids'],
    [size],
    () => `
      fn main(index : i32) {
        if (index >= uniforms.size) { return; }
        let rows = uniforms.idsShape;
        let segments = uniforms.size - rows;
        var segment = index;
        var row = 0;
        if (index >= segments) {
          segment = i32(getIds(index - segments));
          row = index - segments + 1;
        }
        while (row < rows && i32(getIds(row)) != segment) { row++; }
        setOutputAtIndexI32(index, row);
      }
    `,
  );
}

function createSumProgram(segments: number, cells: number): ReturnType<typeof createFlatProgram> {
  return createFlatProgram(
    'SegmentSum',
    ['x', 'chain'],
    [segments, cells],
    () => `
      fn main(index : i32) {
        if (index >= uniforms.size) { return; }
        let at = getCoordsFromIndex(index);
        let rows = uniforms.xShape[0];
        let segments = uniforms.outShape[0];
        var sum = 0.0;
        var row = i32(getChain(at[0]));
        while (row < rows) {
          sum += getX(row, at[1]);
          row = i32(getChain(segments + row));
        }
        setOutputAtIndex(index, sum);
      }
    `,
  );
}

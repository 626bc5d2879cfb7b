// Times the JavaScript kernels on tfjs' heap against tfjs' own kernels: those of wasm, or those of cpu if
// wasm has none. Run: node --import tsx --conditions=keepfit:source bench/src/js-kernel-times.ts
import '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { replaceKernels } from '@keepfit/fit';
import * as tf from '@tensorflow/tfjs-core';
import { getCpuTime } from './measure/clocks.js';
import { listJsKernels } from '../../packages/backend-wasm/src/kernels/js-kernel-list.js';

const pool = { filterSize: [2, 2], strides: [2, 2], pad: 'valid' };
const solid = { filterSize: [2, 2, 2], strides: [2, 2, 2], pad: 'valid', dataFormat: 'NDHWC' };
const depthwise = { strides: [1, 1], dilations: [1, 1], pad: 'same' };
const volume = { strides: [1, 1, 1], pad: 'same' };

type Call = [kernelName: string, inputs: () => Record<string, tf.Tensor>, attributes: object];

const float = (...shape: number[]) => tf.randomUniform(shape, -1, 1, 'float32', 1);
const ids = (count: number, most: number) => tf.randomUniform([count], 0, most, 'int32', 2);

const calls: Call[] = [
  [
    'DepthwiseConv2dNativeBackpropFilter',
    () => ({ x: float(32, 28, 28, 32), dy: float(32, 28, 28, 32) }),
    { ...depthwise, filterShape: [3, 3, 32, 1] },
  ],
  [
    'DepthwiseConv2dNativeBackpropInput',
    () => ({ dy: float(32, 28, 28, 32), filter: float(3, 3, 32, 1) }),
    { ...depthwise, inputShape: [32, 28, 28, 32] },
  ],
  ['UnsortedSegmentSum', () => ({ x: float(64, 32), segmentIds: ids(64, 100) }), { numSegments: 100 }],
  ['GatherV2', () => ({ x: float(1000, 32), indices: ids(640, 1000) }), { axis: 0, batchDims: 0 }],
  ['MaxPool', () => ({ x: float(32, 26, 26, 32) }), pool],
  [
    'MaxPoolGrad',
    () => ({ dy: float(32, 13, 13, 32), input: float(32, 26, 26, 32), output: float(32, 13, 13, 32) }),
    pool,
  ],
  ['AvgPool', () => ({ x: float(32, 26, 26, 32) }), pool],
  ['MaxPool3D', () => ({ x: float(8, 16, 16, 16, 16) }), solid],
  [
    'MaxPool3DGrad',
    () => ({ dy: float(8, 8, 8, 8, 16), input: float(8, 16, 16, 16, 16), output: float(8, 8, 8, 8, 16) }),
    solid,
  ],
  [
    'Conv3DBackpropFilterV2',
    () => ({ x: float(4, 8, 8, 8, 8), dy: float(4, 8, 8, 8, 16) }),
    { ...volume, filterShape: [3, 3, 3, 8, 16] },
  ],
  [
    'Conv3DBackpropInputV2',
    () => ({ dy: float(4, 8, 8, 8, 16), filter: float(3, 3, 3, 8, 16) }),
    { ...volume, inputShape: [4, 8, 8, 8, 8] },
  ],
  ['ClipByValue', () => ({ x: float(32, 26, 26, 32) }), { clipValueMin: -0.5, clipValueMax: 0.5 }],
  ['Maximum', () => ({ a: float(32, 26, 26, 32), b: float(32) }), {}],
  ['Relu6', () => ({ x: float(32, 26, 26, 32) }), {}],
  ['Sum', () => ({ x: float(21632, 32) }), { axis: [0], keepDims: false }],
  ['Mean', () => ({ x: float(21632, 32) }), { axis: [0], keepDims: false }],
  [
    'ResizeNearestNeighbor',
    () => ({ images: float(32, 14, 14, 16) }),
    { size: [28, 28], alignCorners: false, halfPixelCenters: false },
  ],
  [
    'ResizeNearestNeighborGrad',
    () => ({ images: float(32, 14, 14, 16), dy: float(32, 28, 28, 16) }),
    { alignCorners: false },
  ],
  [
    'ResizeBilinearGrad',
    () => ({ images: float(32, 14, 14, 16), dy: float(32, 28, 28, 16) }),
    { alignCorners: false },
  ],
];

function getMedian(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1] ?? NaN;
}

/** Returns the CPU time of one call in milliseconds: the median of `rounds`, after two to warm up. */
function time([kernelName, inputs, attributes]: Call, rounds: number): number {
  return tf.tidy(() => {
    const tensors = inputs();
    const times = Array.from({ length: rounds + 2 }, () => {
      const start = getCpuTime();
      tf.tidy(() => void tf.engine().runKernel(kernelName, tensors, attributes as tf.NamedAttrMap));
      return getCpuTime() - start;
    });
    return getMedian(times.slice(2));
  });
}

const missing = new Set<string>();
await tf.setBackend('wasm');
for (const [kernelName] of calls) if (tf.getKernel(kernelName, 'wasm') === undefined) missing.add(kernelName);
for (const call of calls) {
  await tf.setBackend(missing.has(call[0]) ? 'cpu' : 'wasm');
  const stock = time(call, missing.has(call[0]) ? 3 : 9);
  await tf.setBackend('wasm');
  const restore = replaceKernels(listJsKernels());
  const own = time(call, 15);
  restore();
  console.log(
    `${call[0].padEnd(38)} tfjs' own ${stock.toFixed(2)} ms${missing.has(call[0]) ? ' (on cpu)' : ''}, in JavaScript ${own.toFixed(2)} ms`,
  );
}

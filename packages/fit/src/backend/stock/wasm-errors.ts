import type * as tf from '@tensorflow/tfjs-core';
import { batchNormError, broadcastErrors, hasNan, type KernelCall, type KnownError } from './known-error.js';
import { describeWindows } from './windows.js';

/** The smallest positive number, with which tfjs' three-dimensional pooling begins its maximum. */
const SMALLEST = 2 ** -126;

const CONVOLUTIONS = ['Conv2D', 'DepthwiseConv2dNative', 'FusedConv2D', 'FusedDepthwiseConv2D'];

/** A new list for each watch: one of the errors depends on the calls before. */
export function createWasmErrors(): readonly KnownError[] {
  return [
    ...broadcastErrors,
    batchNormError,
    ...windowErrors,
    ...poolErrors,
    ...productErrors,
    ...nanErrors,
    createCacheError(),
    {
      kernels: ['GatherV2'],
      what: 'takes the wrong rows for two and more batch axes',
      isHit: ({ attrs }) => Number(attrs['batchDims']) > 1,
    },
    {
      kernels: ['ClipByValue'],
      what: 'leaves whole numbers as they are',
      isHit: ({ inputs: { x } }) => x?.dtype === 'int32',
    },
  ];
}

const windowErrors: readonly KnownError[] = [
  {
    kernels: CONVOLUTIONS,
    what: 'gives zeros for padding "same" if its stride exceeds the filter',
    isHit: (call) => call.attrs['pad'] === 'same' && describeWindows(call).leavesGaps,
  },
  {
    kernels: [...CONVOLUTIONS, 'MaxPool', 'AvgPool'],
    what: 'forgets how dimRoundingMode rounds the size of the output',
    isHit: (call) =>
      ['ceil', 'round'].includes(String(call.attrs['dimRoundingMode'])) && describeWindows(call).isRoundedUp,
  },
  {
    kernels: ['Conv3DBackpropInputV2'],
    what: 'gives wrong values',
    isHit: () => true,
  },
  {
    kernels: ['Conv3DBackpropFilterV2'],
    what: 'gives wrong values for a stride',
    isHit: ({ attrs }) => [attrs['strides']].flat().some((stride) => stride !== 1),
  },
];

const poolErrors: readonly KnownError[] = [
  {
    kernels: ['MaxPoolGrad', 'MaxPool3DGrad'],
    what: 'loses windows without positive values',
    isHit({ inputs: { dy, output }, values }) {
      if (dy === undefined || output === undefined) return false;
      const [gradient, maxima] = [values(dy), values(output)];
      for (let i = 0; i < maxima.length; i++)
        if (!((maxima[i] as number) > 0) && gradient[i] !== 0) return true;
      return false;
    },
  },
  {
    kernels: ['MaxPool3D'],
    what: 'loses windows without positive values',
    isHit: ({ compute }) => Array.prototype.includes.call(compute(), SMALLEST),
  },
];

const productErrors: readonly KnownError[] = [
  {
    kernels: ['_FusedMatMul'],
    what: 'adds a bias wrongly if the factors are transposed, in batches, or the bias has another length',
    isHit({ inputs: { a, b, bias }, attrs }) {
      if (a === undefined || b === undefined || bias === undefined) return false;
      const transposed = attrs['transposeA'] === true || attrs['transposeB'] === true;
      const columns = b.shape.at(attrs['transposeB'] === true ? -2 : -1);
      const isBatch = [a, b].some(({ shape }) => shape.slice(0, -2).some((length) => length !== 1));
      return transposed || isBatch || bias.shape.at(-1) !== columns;
    },
  },
];

/** tfjs keeps the packed values of a second factor, and takes them for those of any other shape. */
function createCacheError(): KnownError {
  const packed = new WeakMap<object, string>();
  return {
    kernels: ['BatchMatMul'],
    what: 'confuses two shapes of the same memory',
    isHit({ inputs: { b }, attrs }) {
      if (b === undefined || attrs['transposeA'] === true || attrs['transposeB'] === true) return false;
      const shape = b.shape.slice(-2).join();
      const former = packed.get(b.dataId) ?? shape;
      packed.set(b.dataId, former);
      return former !== shape;
    },
  };
}

const nanErrors: readonly KnownError[] = [
  loseNan(['ClipByValue', 'Relu6', 'MaxPool', 'AvgPool', 'MaxPool3D'], ({ inputs }) => [inputs['x']]),
  loseNan(['Maximum', 'Minimum'], ({ inputs }) => [inputs['b']]),
  loseNan(CONVOLUTIONS, ({ inputs }) => [inputs['x'], inputs['filter']]),
  loseNan(['_FusedMatMul'], ({ inputs, attrs }) =>
    ['relu', 'relu6'].includes(String(attrs['activation'])) ? [inputs['a'], inputs['b'], inputs['bias']] : [],
  ),
];

function loseNan(
  kernels: readonly string[],
  inputs: (call: KernelCall) => readonly (tf.TensorInfo | undefined)[],
): KnownError {
  return {
    ...{ kernels, what: 'loses NaN' },
    isHit: (call) => inputs(call).some((tensor) => hasNan(call, tensor)),
  };
}

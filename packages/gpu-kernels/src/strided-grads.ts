import * as tf from '@tensorflow/tfjs-core';
import { type GpuName, getStockKernel } from './stock.js';

type Call = Parameters<tf.KernelFunc>[0];

/** How a kernel's filter moves along one spatial axis of its input. */
interface Axis {
  readonly stride: number;
  readonly filter: number;
  /** The number of cells of padding before the input's first. */
  readonly before: number;
  readonly inputs: number;
  readonly outputs: number;
}

interface Strided {
  readonly kernelName: string;
  /** Of the spatial axes, in order. */
  getAxes(call: Call): readonly Axis[];
  /** The first spatial axis of dy. */
  getFirstAxis?(call: Call): number;
  /** The call with this dy, for an input of this shape, with strides of 1 and no padding. */
  rewrite(call: Call, dy: tf.Tensor, inputShape: number[]): Call;
}

/**
 * The gradients of convolutions and average pooling with strides. tfjs' shaders divide a coordinate by the
 * stride and skip it if the quotient has a fraction. GPUs do not divide exactly: they multiply by the
 * reciprocal, and 21/7 may have a fraction. Then parts of the gradient are missing. These kernels put zeros
 * between the gradients of the output instead, unless the stride is a power of two, which divides exactly.
 */
export function createStridedGrads(backendName: GpuName): tf.KernelConfig[] {
  return STRIDED.map((strided) => {
    const stock = getStockKernel(strided.kernelName, backendName);
    return {
      kernelName: strided.kernelName,
      backendName,
      kernelFunc: (call) => {
        const axes = strided.getAxes(call);
        return axes.every(({ stride }) => Number.isInteger(Math.log2(stride)))
          ? stock(call)
          : differentiate(strided, stock, call, axes);
      },
    };
  });
}

function differentiate(strided: Strided, stock: tf.KernelFunc, call: Call, axes: readonly Axis[]): tf.Tensor {
  const first = strided.getFirstAxis?.(call) ?? 1;
  return tf.tidy(() => {
    const spread = axes.reduce(
      (dy, axis, index) => spreadAxis(dy, first + index, axis),
      call.inputs['dy'] as tf.Tensor,
    );
    const inputShape = getInputShape(call).map((length, index) => {
      const axis = axes[index - first];
      return axis === undefined ? length : getPaddedLength(axis);
    });
    const gradient = tf
      .engine()
      .makeTensorFromTensorInfo(stock(strided.rewrite(call, spread, inputShape)) as tf.TensorInfo);
    // In three dimensions tfjs' padding is negative if the stride exceeds the filter, which skips cells.
    const skipped = inputShape.map((_, index) => Math.max(0, -(axes[index - first]?.before ?? 0)));
    const begin = inputShape.map((_, index) => Math.max(0, axes[index - first]?.before ?? 0));
    const whole = skipped.some((count) => count > 0)
      ? tf.pad(
          gradient,
          skipped.map((count) => [count, 0]),
        )
      : gradient;
    return tf.slice(whole, begin, [...getInputShape(call)]);
  });
}

/** Long enough for the padding, and for all places of the filter. */
function getPaddedLength({ stride, filter, before, inputs, outputs }: Axis): number {
  return Math.max(before + inputs, (outputs - 1) * stride + filter);
}

/** Puts stride - 1 zeros between the cells along the axis, and zeros at its end. */
function spreadAxis(dy: tf.Tensor, axis: number, along: Axis): tf.Tensor {
  const { shape } = dy;
  const [outer, length, inner] = [
    tf.util.sizeFromShape(shape.slice(0, axis)),
    shape[axis] ?? 1,
    tf.util.sizeFromShape(shape.slice(axis + 1)),
  ];
  const cells = tf.pad(tf.reshape(dy, [outer * length, 1, inner]), [
    [0, 0],
    [0, along.stride - 1],
    [0, 0],
  ]);
  const all = tf.reshape(cells, [outer, length * along.stride, inner]);
  const wanted = getPaddedLength(along) - along.filter + 1;
  const missing = Math.max(0, wanted - length * along.stride);
  const padded = tf.pad(all, [
    [0, 0],
    [0, missing],
    [0, 0],
  ]);
  return tf.reshape(
    tf.slice(padded, [0, 0, 0], [outer, wanted, inner]),
    shape.map((size, index) => (index === axis ? wanted : size)),
  );
}

interface Attrs {
  readonly inputShape: number[];
  readonly filterSize: [number, number] & [number, number, number];
  readonly strides: [number, number] & [number, number, number];
  readonly dilations: [number, number];
  readonly pad: 'valid' | 'same';
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
  readonly dataFormat?: 'NHWC' | 'NCHW';
}

function getAttrs({ attrs }: Call): Attrs {
  return attrs as unknown as Attrs;
}

function getInputShape(call: Call): number[] {
  return getAttrs(call).inputShape ?? (call.inputs['input'] as tf.Tensor).shape;
}

function rewriteConvolution(call: Call, dy: tf.Tensor, inputShape: number[]): Call {
  const strides = [1, 1, 1].slice(0, dy.shape.length - 2);
  const attrs = { ...call.attrs, inputShape, strides, pad: 'valid', dimRoundingMode: undefined };
  return { ...call, inputs: { ...call.inputs, dy }, attrs: attrs as unknown as tf.NamedAttrMap };
}

/** The kernels look at the shape of the input only. */
function rewritePool(call: Call, dy: tf.Tensor, inputShape: number[]): Call {
  const attrs = { ...call.attrs, strides: 1, pad: 'valid', dimRoundingMode: undefined };
  const inputs = { ...call.inputs, dy, input: tf.zeros(inputShape) };
  return { ...call, inputs, attrs: attrs as unknown as tf.NamedAttrMap };
}

type Shape4D = [number, number, number, number];
type Shape5D = [number, number, number, number, number];

const STRIDED: readonly Strided[] = [
  {
    kernelName: 'Conv2DBackpropInput',
    getAxes(call) {
      const { inputShape, strides, pad, dimRoundingMode, dataFormat } = getAttrs(call);
      const format = tf.backend_util.convertConv2DDataFormat(dataFormat ?? 'NHWC');
      const { shape } = call.inputs['filter'] as tf.Tensor4D;
      return getFlatAxes(
        tf.backend_util.computeConv2DInfo(
          inputShape as Shape4D,
          shape,
          strides,
          1,
          pad,
          dimRoundingMode,
          false,
          format,
        ),
      );
    },
    getFirstAxis: (call) => (getAttrs(call).dataFormat === 'NCHW' ? 2 : 1),
    rewrite: rewriteConvolution,
  },
  {
    kernelName: 'DepthwiseConv2dNativeBackpropInput',
    getAxes(call) {
      const { inputShape, strides, dilations, pad, dimRoundingMode } = getAttrs(call);
      const { shape } = call.inputs['filter'] as tf.Tensor4D;
      return getFlatAxes(
        tf.backend_util.computeConv2DInfo(
          inputShape as Shape4D,
          shape,
          strides,
          dilations,
          pad,
          dimRoundingMode,
          true,
        ),
      );
    },
    rewrite: rewriteConvolution,
  },
  {
    kernelName: 'Conv3DBackpropInputV2',
    getAxes(call) {
      const { inputShape, strides, pad } = getAttrs(call);
      const { shape } = call.inputs['filter'] as tf.Tensor5D;
      return getDeepAxes(tf.backend_util.computeConv3DInfo(inputShape as Shape5D, shape, strides, 1, pad));
    },
    rewrite: rewriteConvolution,
  },
  {
    kernelName: 'AvgPoolGrad',
    getAxes(call) {
      const { filterSize, strides, pad } = getAttrs(call);
      return getFlatAxes(
        tf.backend_util.computePool2DInfo(getInputShape(call) as Shape4D, filterSize, strides, 1, pad),
      );
    },
    rewrite: rewritePool,
  },
  {
    kernelName: 'AvgPool3DGrad',
    getAxes(call) {
      const { filterSize, strides, pad, dimRoundingMode } = getAttrs(call);
      return getDeepAxes(
        tf.backend_util.computePool3DInfo(
          getInputShape(call) as Shape5D,
          filterSize,
          strides,
          1,
          pad,
          dimRoundingMode,
        ),
      );
    },
    rewrite: rewritePool,
  },
];

type Info2D = Pick<
  tf.backend_util.Conv2DInfo,
  | 'strideHeight'
  | 'strideWidth'
  | 'effectiveFilterHeight'
  | 'effectiveFilterWidth'
  | 'inHeight'
  | 'inWidth'
  | 'outHeight'
  | 'outWidth'
> & { readonly padInfo: { readonly top: number; readonly left: number } };

function getFlatAxes(info: Info2D): Axis[] {
  return [
    {
      stride: info.strideHeight,
      filter: info.effectiveFilterHeight,
      before: info.padInfo.top,
      inputs: info.inHeight,
      outputs: info.outHeight,
    },
    {
      stride: info.strideWidth,
      filter: info.effectiveFilterWidth,
      before: info.padInfo.left,
      inputs: info.inWidth,
      outputs: info.outWidth,
    },
  ];
}

function getDeepAxes(info: tf.backend_util.Conv3DInfo): Axis[] {
  return [
    {
      stride: info.strideDepth,
      filter: info.effectiveFilterDepth,
      before: info.padInfo.front,
      inputs: info.inDepth,
      outputs: info.outDepth,
    },
    ...getFlatAxes(info),
  ];
}

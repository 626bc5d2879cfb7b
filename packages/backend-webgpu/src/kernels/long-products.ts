import { getStockKernel } from '@keepfit/gpu-kernels';
import * as tf from '@tensorflow/tfjs-core';

/** tfjs' flag, and the values that name two of its programs for matrix products. */
const PROGRAM = 'WEBGPU_MATMUL_PROGRAM_TYPE';
const SMALL_TILES = 2;
const LARGE_TILES = 3;

/** The sizes of a product: [rows, inner] times [inner, columns]. */
interface Sizes {
  readonly batches: number;
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
}

/**
 * Matrix products over 2000 numbers or more, and convolutions that tfjs computes as one. For small results
 * tfjs has several threads add to the same sum in any order, so that the same product has other bits each
 * time. These choose another of its programs.
 */
export function createLongProducts(products: readonly tf.KernelConfig[]): tf.KernelConfig[] {
  return [
    ...products.map((kernel) => chooseProgram(kernel, getProductSizes)),
    ...['Conv2D', 'FusedConv2D'].map((kernelName) =>
      chooseProgram(
        { kernelName, backendName: 'webgpu', kernelFunc: getStockKernel(kernelName, 'webgpu') },
        getConvolutionSizes,
      ),
    ),
  ];
}

type Call = Parameters<tf.KernelFunc>[0];

function chooseProgram(kernel: tf.KernelConfig, getSizes: (call: Call) => Sizes): tf.KernelConfig {
  const { kernelFunc } = kernel;
  return {
    ...kernel,
    kernelFunc: (call) => {
      const { batches, rows, inner, columns } = getSizes(call);
      if (batches !== 1 || inner < 2000 || rows * columns <= 128) return kernelFunc(call);
      const former = tf.env().getNumber(PROGRAM);
      // Few large tiles would leave most of the GPU idle.
      const tiles = Math.ceil(rows / 32) * Math.ceil(columns / 32);
      tf.env().set(PROGRAM, tiles <= 16 ? SMALL_TILES : LARGE_TILES);
      try {
        return kernelFunc(call);
      } finally {
        tf.env().set(PROGRAM, former);
      }
    },
  };
}

function getProductSizes({ inputs, attrs }: Call): Sizes {
  const { a, b } = inputs as { a: tf.Tensor; b: tf.Tensor };
  const { transposeA, transposeB } = attrs as { transposeA?: boolean; transposeB?: boolean };
  const [left, right] = [a.shape.slice(-2), b.shape.slice(-2)];
  const [rows = 1, inner = 1] = transposeA ? left.reverse() : left;
  const [, columns = 1] = transposeB ? right.reverse() : right;
  const batches = Math.max(a.size / (rows * inner), b.size / (inner * columns));
  return { batches, rows, inner, columns };
}

interface ConvolutionAttrs {
  readonly strides: number | [number, number];
  readonly dilations: number | [number, number];
  readonly pad: 'valid' | 'same' | number;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
  readonly dataFormat: 'NHWC' | 'NCHW';
}

/** tfjs takes one of 1×1, or one filter as large as the image, for a product. */
function getConvolutionSizes({ inputs, attrs }: Call): Sizes {
  const { x, filter } = inputs as { x: tf.Tensor4D; filter: tf.Tensor4D };
  const { strides, dilations, pad, dimRoundingMode, dataFormat } = attrs as unknown as ConvolutionAttrs;
  const { batchSize, outHeight, outWidth, outChannels } = tf.backend_util.computeConv2DInfo(
    x.shape,
    filter.shape,
    strides,
    dilations,
    pad,
    dimRoundingMode,
    false,
    tf.backend_util.convertConv2DDataFormat(dataFormat),
  );
  const [height, width, channels] = filter.shape;
  return {
    batches: 1,
    rows: batchSize * outHeight * outWidth,
    inner: height * width * channels,
    columns: outChannels,
  };
}

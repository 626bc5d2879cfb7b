import * as tf from '@tensorflow/tfjs-core';
import type { JsKernel } from '../js-kernel.js';
import { computeResizeBilinearGradient } from '../resize/resize-bilinear-gradient.js';
import { computeResizeNearestGradient } from '../resize/resize-nearest-gradient.js';
import { resizeNearest } from '../resize/resize-nearest.js';
import { type ImageShape, listNearest, type ResizedAxis } from '../resize/resized-axis.js';

interface Corners {
  readonly alignCorners?: boolean;
  readonly halfPixelCenters?: boolean;
}

/** The two axes of images of shape `from` that are resized to `to`, a height and a width. */
function getResizedAxes(
  from: readonly number[],
  to: readonly number[],
  { alignCorners = false, halfPixelCenters = false }: Corners,
): [ResizedAxis, ResizedAxis] {
  const axis = (at: number) => ({
    from: from[at + 1] as number,
    to: to[at] as number,
    alignCorners,
    halfPixelCenters,
  });
  return [axis(0), axis(1)];
}

const resizeNearestNeighbor: JsKernel<Record<'images', tf.TensorInfo>, tf.ResizeNearestNeighborAttrs> = {
  kernelName: tf.ResizeNearestNeighbor,
  compute({ images }, attributes, memory) {
    const [rows, columns] = getResizedAxes(images.shape, attributes.size, attributes).map(listNearest) as [
      Int32Array,
      Int32Array,
    ];
    const [batch, , , channels] = images.shape as unknown as ImageShape;
    const out = memory.output([batch, ...attributes.size, channels], images.dtype);
    resizeNearest(
      memory.values(images),
      images.shape as unknown as ImageShape,
      rows,
      columns,
      memory.writable(out),
    );
    return out;
  },
};

const resizeNearestNeighborGrad: JsKernel<
  Record<'images' | 'dy', tf.TensorInfo>,
  tf.ResizeNearestNeighborGradAttrs
> = {
  kernelName: tf.ResizeNearestNeighborGrad,
  compute({ images, dy }, attributes, memory) {
    const [rows, columns] = getResizedAxes(images.shape, dy.shape.slice(1, 3), attributes).map(
      listNearest,
    ) as [Int32Array, Int32Array];
    const dx = memory.output(images.shape, 'float32');
    computeResizeNearestGradient(
      memory.values(dy),
      images.shape as unknown as ImageShape,
      rows,
      columns,
      memory.writable(dx),
    );
    return dx;
  },
};

const resizeBilinearGrad: JsKernel<Record<'images' | 'dy', tf.TensorInfo>, tf.ResizeBilinearGradAttrs> = {
  kernelName: tf.ResizeBilinearGrad,
  compute({ images, dy }, attributes, memory) {
    const [vertical, horizontal] = getResizedAxes(images.shape, dy.shape.slice(1, 3), attributes);
    const dx = memory.output(images.shape, 'float32');
    computeResizeBilinearGradient(
      memory.values(dy),
      images.shape as unknown as ImageShape,
      vertical,
      horizontal,
      memory.writable(dx),
    );
    return dx;
  },
};

/**
 * Resizing of images: tfjs' own gradients confuse the batch, or height and width. The forward kernel rounds
 * as its gradient does.
 */
export const resizeKernels = { resizeNearestNeighbor, resizeNearestNeighborGrad, resizeBilinearGrad };

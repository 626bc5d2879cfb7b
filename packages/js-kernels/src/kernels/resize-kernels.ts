import {
  ResizeBilinearGrad,
  type ResizeBilinearGradAttrs,
  ResizeNearestNeighbor,
  type ResizeNearestNeighborAttrs,
  ResizeNearestNeighborGrad,
  type ResizeNearestNeighborGradAttrs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { JsKernel } from '../js-kernel.js';
import type { ImageShape } from '../resize/image-shape.js';
import { nearest } from '../resize/nearest.js';
import { resizeBilinearGradient } from '../resize/resize-bilinear-gradient.js';
import { resizeNearest } from '../resize/resize-nearest.js';
import { resizeNearestGradient } from '../resize/resize-nearest-gradient.js';
import type { ResizedAxis } from '../resize/resized.js';

interface Corners {
  readonly alignCorners?: boolean;
  readonly halfPixelCenters?: boolean;
}

/** The two axes of images of shape `from` that are resized to `to`, a height and a width. */
function resizedAxes(
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

const resizeNearestNeighbor: JsKernel<Record<'images', TensorInfo>, ResizeNearestNeighborAttrs> = {
  kernelName: ResizeNearestNeighbor,
  compute({ images }, attributes, memory) {
    const [rows, columns] = resizedAxes(images.shape, attributes.size, attributes).map(nearest) as [
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
      memory.written(out),
    );
    return out;
  },
};

const resizeNearestNeighborGrad: JsKernel<
  Record<'images' | 'dy', TensorInfo>,
  ResizeNearestNeighborGradAttrs
> = {
  kernelName: ResizeNearestNeighborGrad,
  compute({ images, dy }, attributes, memory) {
    const [rows, columns] = resizedAxes(images.shape, dy.shape.slice(1, 3), attributes).map(nearest) as [
      Int32Array,
      Int32Array,
    ];
    const dx = memory.output(images.shape, 'float32');
    resizeNearestGradient(
      memory.values(dy),
      images.shape as unknown as ImageShape,
      rows,
      columns,
      memory.written(dx),
    );
    return dx;
  },
};

const resizeBilinearGrad: JsKernel<Record<'images' | 'dy', TensorInfo>, ResizeBilinearGradAttrs> = {
  kernelName: ResizeBilinearGrad,
  compute({ images, dy }, attributes, memory) {
    const [vertical, horizontal] = resizedAxes(images.shape, dy.shape.slice(1, 3), attributes);
    const dx = memory.output(images.shape, 'float32');
    resizeBilinearGradient(
      memory.values(dy),
      images.shape as unknown as ImageShape,
      vertical,
      horizontal,
      memory.written(dx),
    );
    return dx;
  },
};

/** Resizing of images: tfjs' own gradients mix up the batch, or height and width. The forward one rounds as its gradient does. */
export const resizeKernels = { resizeNearestNeighbor, resizeNearestNeighborGrad, resizeBilinearGrad };

import * as tf from '@tensorflow/tfjs-core';
import type { KernelCall } from './known-error.js';

type Info = tf.backend_util.Conv2DInfo;
type Shape4D = [number, number, number, number];
type Rounding = 'floor' | 'round' | 'ceil';

/** How the windows of a convolution or pooling lie on the image. */
export function describeWindows({ inputs: { x, filter }, attrs }: KernelCall): {
  /** Whether the windows, which reach over more than one pixel, end before the image does. */
  readonly leavesGaps: boolean;
  /** Whether rounding has made the output larger. */
  readonly isRoundedUp: boolean;
} {
  const shape = (x?.shape ?? []) as Shape4D;
  const info = (rounding = attrs['dimRoundingMode'] as Rounding | undefined): Info =>
    filter === undefined
      ? tf.backend_util.computePool2DInfo(
          shape,
          attrs['filterSize'] as number,
          attrs['strides'] as number,
          1,
          attrs['pad'] as number,
          rounding,
        )
      : tf.backend_util.computeConv2DInfo(
          shape,
          filter.shape as Shape4D,
          attrs['strides'] as number,
          (attrs['dilations'] ?? 1) as number,
          attrs['pad'] as number,
          rounding,
        );
  const given = info();
  return {
    leavesGaps:
      given.filterHeight * given.filterWidth > 1 && (isShort(given, 'Height') || isShort(given, 'Width')),
    get isRoundedUp() {
      const floor = info('floor');
      return floor.outHeight !== given.outHeight || floor.outWidth !== given.outWidth;
    },
  };
}

function isShort(info: Info, side: 'Height' | 'Width'): boolean {
  const reach = (info[`out${side}`] - 1) * info[`stride${side}`] + info[`effectiveFilter${side}`];
  return reach < info[`in${side}`];
}

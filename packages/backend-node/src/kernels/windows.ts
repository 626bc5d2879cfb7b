import * as tf from '@tensorflow/tfjs-core';

/** How the windows of a convolution or a pooling lie along one spatial axis of the input. */
export interface Windows {
  readonly inputs: number;
  readonly outputs: number;
  /** With the gaps of a dilated filter. */
  readonly size: number;
  readonly stride: number;
  /** The number of cells of padding before the input's first. */
  readonly before: number;
}

/** The parts of tfjs' `Conv2DInfo` that are used here. */
interface Info2d {
  readonly padInfo: { readonly type: string; readonly top: number; readonly left: number };
  readonly inHeight: number;
  readonly inWidth: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly effectiveFilterHeight: number;
  readonly effectiveFilterWidth: number;
  readonly strideHeight: number;
  readonly strideWidth: number;
}

/** The parts of tfjs' `Conv3DInfo` that are used here besides. */
interface Info3d extends Info2d {
  readonly padInfo: Info2d['padInfo'] & { readonly front: number };
  readonly inDepth: number;
  readonly outDepth: number;
  readonly effectiveFilterDepth: number;
  readonly strideDepth: number;
}

/** The attributes of a call whose input is padded already. */
export const VALID: object = { pad: 'valid', dimRoundingMode: undefined };

/** Whether TensorFlow's ops know the padding by name. All others are padded by an op before. */
export function isNamedPadding({ padInfo }: { readonly padInfo: { readonly type: string } }): boolean {
  return padInfo.type === 'VALID' || padInfo.type === 'SAME';
}

export function listWindows(info: Info2d | Info3d): readonly Windows[] {
  const plane: Windows[] = [
    {
      inputs: info.inHeight,
      outputs: info.outHeight,
      size: info.effectiveFilterHeight,
      stride: info.strideHeight,
      before: info.padInfo.top,
    },
    {
      inputs: info.inWidth,
      outputs: info.outWidth,
      size: info.effectiveFilterWidth,
      stride: info.strideWidth,
      before: info.padInfo.left,
    },
  ];
  if (!('inDepth' in info)) return plane;
  const depth = {
    inputs: info.inDepth,
    outputs: info.outDepth,
    size: info.effectiveFilterDepth,
    stride: info.strideDepth,
    before: info.padInfo.front,
  };
  return [depth, ...plane];
}

/** The shape of an input with channels last after `padToWindows`. */
export function getPaddedShape(shape: readonly number[], windows: readonly Windows[]): number[] {
  return shape.map((length, axis) => {
    const along = windows[axis - 1];
    return along === undefined ? length : getReach(along);
  });
}

/** Pads an input with channels last, and cuts off the cells that no window reaches: windows then need no padding. */
export function padToWindows(x: tf.Tensor, windows: readonly Windows[], value = 0): tf.Tensor {
  const margins = listMargins(x.shape, windows);
  const padded = tf.pad(
    x,
    margins.map(([before, after]) => [Math.max(0, before), Math.max(0, after)]),
    value,
  );
  return tf.slice(
    padded,
    margins.map(([before]) => Math.max(0, -before)),
    getPaddedShape(x.shape, windows),
  );
}

/** The gradient of `padToWindows` for an input of this shape. */
export function cutPadding(dy: tf.Tensor, shape: readonly number[], windows: readonly Windows[]): tf.Tensor {
  const margins = listMargins(shape, windows);
  const whole = tf.pad(
    dy,
    margins.map(([before, after]) => [Math.max(0, -before), Math.max(0, -after)]),
  );
  return tf.slice(
    whole,
    margins.map(([before]) => Math.max(0, before)),
    [...shape],
  );
}

function getReach({ outputs, size, stride }: Windows): number {
  return (outputs - 1) * stride + size;
}

/** The cells to add before and after; negative ones are cut off. */
function listMargins(
  shape: readonly number[],
  windows: readonly Windows[],
): (readonly [before: number, after: number])[] {
  return shape.map((length, axis) => {
    const along = windows[axis - 1];
    return along === undefined ? [0, 0] : [along.before, getReach(along) - along.before - length];
  });
}

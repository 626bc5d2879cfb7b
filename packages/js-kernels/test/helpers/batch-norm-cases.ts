import { type KernelCase, sizeOf } from './kernel-case.js';
import { numbers } from './numbers.js';

/** Batch normalization of images along each axis, with and without scale and offset. */
export function batchNormCases(): KernelCase[] {
  return [
    normalization('channels', [3], true),
    normalization('channels, neither scale nor offset', [3], false),
    normalization('rows', [1, 4, 1, 1], true),
    normalization('images', [2, 1, 1, 1], true),
    normalization('each value', [2, 4, 5, 3], true),
  ];
}

function normalization(what: string, own: number[], scaled: boolean): KernelCase {
  const shape = [2, 4, 5, 3];
  const tensor = (form: number[], seed: number) => ({ shape: form, values: numbers(sizeOf(form), seed) });
  const x = tensor(shape, 1);
  const [mean, offset, scale] = [tensor(own, 2), tensor(own, 3), tensor(own, 4)];
  const variance = { shape: own, values: numbers(sizeOf(own), 5).map((value) => value + 1.5) };
  const axes = [...new Array<number>(4 - own.length).fill(1), ...own];
  const values = Array.from(x.values, (value, offsetInX) => {
    let at = 0;
    let step = 1;
    let rest = offsetInX;
    for (let axis = 3; axis >= 0; axis--) {
      if (axes[axis]! > 1) at += (rest % shape[axis]!) * step;
      step *= axes[axis]!;
      rest = Math.floor(rest / shape[axis]!);
    }
    const normal = (value - mean.values[at]!) / Math.sqrt(variance.values[at]! + 0.01);
    return scaled ? normal * scale.values[at]! + offset.values[at]! : normal;
  });
  const inputs = { x, mean, variance, ...(scaled ? { offset, scale } : {}) };
  return {
    name: `FusedBatchNorm: ${what}`,
    kernelName: 'FusedBatchNorm',
    inputs,
    attributes: { varianceEpsilon: 0.01 },
    expected: { shape, values },
  };
}

import * as tf from '@tensorflow/tfjs-core';
import type { GradientCase } from './gradient-case.js';
import { createValues, countCells, sampleValues, type Values } from './values.js';
import { getAxis, visitWindows, type Windows } from './windows.js';

const largest = (numbers: number[]): number => Math.max(...numbers);
const average = (numbers: number[]): number =>
  numbers.reduce((sum, value) => sum + value, 0) / numbers.length;

interface Setting {
  readonly image: readonly [number, number];
  readonly size: readonly [number, number];
  readonly stride: number;
  readonly pad: 'same' | 'valid' | number;
  readonly round?: 'floor' | 'ceil';
}

const SETTINGS: readonly Setting[] = [
  { image: [4, 4], size: [2, 2], stride: 2, pad: 'valid' },
  { image: [5, 5], size: [2, 2], stride: 2, pad: 'valid' },
  { image: [5, 4], size: [2, 2], stride: 2, pad: 'same' },
  { image: [5, 5], size: [3, 3], stride: 1, pad: 'same' },
  { image: [5, 6], size: [3, 3], stride: 2, pad: 'same' },
  { image: [6, 5], size: [3, 2], stride: 1, pad: 'valid' },
  { image: [6, 7], size: [2, 2], stride: 3, pad: 'valid' },
  { image: [5, 4], size: [3, 3], stride: 2, pad: 1 },
  { image: [6, 5], size: [3, 3], stride: 2, pad: 1, round: 'ceil' },
  { image: [3, 4], size: [3, 4], stride: 1, pad: 'valid' },
];

type Pool = (
  x: tf.Tensor4D,
  size: [number, number],
  stride: number,
  pad: 'same' | 'valid' | number,
  round?: 'floor' | 'ceil',
) => tf.Tensor;

export function poolCases(): GradientCase[] {
  return [
    ...SETTINGS.flatMap((setting) => [
      plane('maxPool', tf.maxPool, largest, setting, sampleValues([2, ...setting.image, 3])),
      plane('avgPool', tf.avgPool, average, setting, sampleValues([2, ...setting.image, 3])),
    ]),
    ...ofNoPositiveNumber(),
    ...atTies(),
    ...volume(),
  ];
}

function plane(
  op: string,
  pool: Pool,
  join: (numbers: number[]) => number,
  { image, size, stride, pad, round }: Setting,
  x: Values,
): GradientCase {
  return {
    name: `${op} of [${image.join()}] by [${size.join()}], stride ${stride}, pad ${pad}${round === undefined ? '' : `, rounded by ${round}`}`,
    op: (images) => pool(images as tf.Tensor4D, [...size], stride, pad, round),
    reference: (images) =>
      poolValues(images, size, { stride, pad, ...(round === undefined ? {} : { round }) }, join),
    inputs: [x],
  };
}

/** Padding must not win if all numbers are below zero. */
function ofNoPositiveNumber(): GradientCase[] {
  return (['same', 'valid'] as const).map((pad) => {
    const setting: Setting = { image: [5, 4], size: [2, 2], stride: 2, pad };
    const found = plane('maxPool', tf.maxPool, largest, setting, sampleValues([2, 5, 4, 2], -3, -1));
    return { ...found, name: `${found.name}, of negative numbers` };
  });
}

function atTies(): GradientCase[] {
  const x = createValues([1, 4, 4, 1], [0, 0, 1, 1, 0, 0, 1, 0, -1, -1, 2, 2, -1, -2, 2, 2]);
  return [1, 2].map((stride) => {
    const found = plane(
      'maxPool',
      tf.maxPool,
      largest,
      { image: [4, 4], size: [2, 2], stride, pad: 'valid' },
      x,
    );
    return { ...found, name: `${found.name}, of equal numbers`, kink: 'together' };
  });
}

function volume(): GradientCase[] {
  const settings = [
    { image: [3, 4, 4], size: 2, stride: 2, pad: 'same' },
    { image: [3, 4, 3], size: 2, stride: 1, pad: 'valid' },
    { image: [3, 3, 3], size: 3, stride: 1, pad: 'same' },
  ] as const;
  return settings.flatMap(({ image, size, stride, pad }) =>
    (
      [
        ['maxPool3d', tf.maxPool3d, largest],
        ['avgPool3d', tf.avgPool3d, average],
      ] as const
    ).flatMap(([op, pool, join]) =>
      [sampleValues([1, ...image, 2]), sampleValues([1, ...image, 2], -3, -1)].map(
        (x, negative): GradientCase => ({
          name: `${op} of [${image.join()}] by ${size}, stride ${stride}, pad ${pad}${negative === 1 ? ', of negative numbers' : ''}`,
          op: (images) => pool(images as tf.Tensor5D, size, stride, pad),
          reference: (images) => poolValues(images, [size, size, size], { stride, pad }, join),
          inputs: [x],
        }),
      ),
    ),
  );
}

/**
 * Joins the numbers of each window of x, [samples, ...space, channels], into one. A window's numbers leave
 * out the padding.
 */
function poolValues(
  x: Values,
  sizes: readonly number[],
  windows: Windows,
  join: (numbers: number[]) => number,
): Values {
  const axes = x.shape.slice(1, -1).map((length, axis) => getAxis(axis, length, sizes[axis] ?? 1, windows));
  const [samples = 1, channels = 1] = [x.shape[0], x.shape.at(-1)];
  const [cells, places] = [countCells(x.shape.slice(1, -1)), countCells(axes.map((axis) => axis.outputs))];
  const groups = Array.from({ length: samples * places * channels }, (): number[] => []);
  for (let sample = 0; sample < samples; sample++) {
    visitWindows(axes, (output, _, input) => {
      for (let c = 0; c < channels; c++)
        groups[(sample * places + output) * channels + c]?.push(
          x.data[(sample * cells + input) * channels + c] ?? 0,
        );
    });
  }
  return {
    shape: [samples, ...axes.map((axis) => axis.outputs), channels],
    data: Float64Array.from(groups, join),
  };
}

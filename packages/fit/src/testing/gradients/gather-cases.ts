import * as tf from '@tensorflow/tfjs-core';
import type { GradientCase } from './gradient-case.js';
import { fillValues, toFlat, sampleValues, type Values } from './values.js';

/** Rows picked by number, as an embedding does: some of them twice, some never. */
export function gatherCases(): GradientCase[] {
  return [...alongAxes(), ...batched(), ...segments()];
}

function alongAxes(): GradientCase[] {
  const picked = [3, 0, 3, 1];
  return [0, 1, 2, -1].map((axis) => {
    const at = (axis + 3) % 3;
    const shape = [4, 4, 4].map((length, number) => (number === at ? picked.length : length - 1));
    const from = [4, 4, 4].map((length, number) => (number === at ? length : length - 1));
    return {
      name: `gather along ${axis}`,
      ...{ op: (x) => tf.gather(x, tf.tensor1d(picked, 'int32'), axis), inputs: [sampleValues(from)] },
      reference: (x) =>
        fillValues(shape, (index) =>
          read(
            x,
            index.map((place, number) => (number === at ? (picked[place] ?? 0) : place)),
          ),
        ),
    };
  });
}

function batched(): GradientCase[] {
  const table: GradientCase = {
    name: 'gather of a table of words',
    ...{
      op: (x) =>
        tf.gather(
          x,
          tf.tensor2d(
            [
              [1, 0, 1],
              [5, 1, 2],
            ],
            [2, 3],
            'int32',
          ),
        ),
      inputs: [sampleValues([6, 4])],
    },
    reference: (x) =>
      fillValues([2, 3, 4], ([a = 0, b = 0, c = 0]) => read(x, [[1, 0, 1, 5, 1, 2][a * 3 + b] ?? 0, c])),
  };
  const one: GradientCase = {
    name: 'gather with one batch axis',
    ...{
      op: (x) =>
        tf.gather(
          x,
          tf.tensor2d(
            [
              [1, 0],
              [2, 2],
            ],
            [2, 2],
            'int32',
          ),
          1,
          1,
        ),
      inputs: [sampleValues([2, 3, 2])],
    },
    reference: (x) =>
      fillValues([2, 2, 2], ([a = 0, b = 0, c = 0]) => read(x, [a, [1, 0, 2, 2][a * 2 + b] ?? 0, c])),
  };
  return [table, one];
}

function segments(): GradientCase[] {
  const ids = [2, 0, 2, 1, 0];
  return [
    {
      name: 'unsortedSegmentSum',
      ...{
        op: (x) => tf.unsortedSegmentSum(x, tf.tensor1d(ids, 'int32'), 4),
        inputs: [sampleValues([5, 3])],
      },
      reference: (x) =>
        fillValues([4, 3], ([segment = 0, column = 0]) =>
          ids.reduce((sum, id, row) => sum + (id === segment ? read(x, [row, column]) : 0), 0),
        ),
    },
  ];
}

function read({ shape, data }: Values, index: readonly number[]): number {
  return data[toFlat(shape, index)] ?? 0;
}

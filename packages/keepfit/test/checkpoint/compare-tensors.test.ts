import type { DType, SavedTensor } from '@keepfit/callbacks/checkpoint';
import { expect, test } from 'vitest';
import { compareTensors } from '../../src/checkpoint/compare-tensors.js';

type Values = Float64Array | Float32Array | Int32Array | Uint8Array;

function tensor(dtype: DType, values: Values, shape: number[] = [values.length]): SavedTensor {
  return { dtype, shape, bytes: new Uint8Array(values.buffer) };
}

const floats = (...values: number[]) => tensor('float32', new Float32Array(values));

test('tensors of the same bits do not differ, NaN and -0 included', () => {
  expect(compareTensors(floats(1, NaN, -0), floats(1, NaN, -0))).toBeUndefined();
});

test('tells how many items differ, by how much, and where most', () => {
  const a = tensor('float32', new Float32Array([1, 2, 3, 4, 5, 6]), [2, 3]);
  const b = tensor('float32', new Float32Array([1, 2.5, 3, 4, 5, 4]), [2, 3]);
  expect(compareTensors(a, b)).toMatchObject({ items: 2, nans: 0, maxAbs: 2, maxRel: 2 / 6, at: [1, 2] });
});

test('counts the floats between two', () => {
  const next = new Float32Array(new Int32Array([0x3f800001]).buffer);
  expect(compareTensors(floats(1), tensor('float32', next))).toMatchObject({ maxUlp: 1, maxAbs: 2 ** -23 });
  const smallest = 2 ** -149;
  expect(compareTensors(floats(-smallest), floats(smallest))).toMatchObject({ maxUlp: 2 });
  const doubles = [1, 1 + Number.EPSILON].map((value) => tensor('float64', new Float64Array([value])));
  expect(compareTensors(doubles[0]!, doubles[1]!)).toMatchObject({ maxUlp: 1, maxAbs: Number.EPSILON });
});

test('0 and -0 differ, by nothing', () => {
  expect(compareTensors(floats(0), floats(-0))).toEqual({
    items: 1,
    nans: 0,
    maxAbs: 0,
    maxRel: 0,
    maxUlp: 0,
    at: [0],
  });
});

test('NaN is counted by itself, and an infinity is infinitely far', () => {
  expect(compareTensors(floats(NaN, 1), floats(1, 1))).toEqual({
    items: 1,
    nans: 1,
    maxAbs: 0,
    maxRel: 0,
    maxUlp: 0,
    at: null,
  });
  expect(compareTensors(floats(Infinity), floats(-Infinity))).toMatchObject({
    maxAbs: Infinity,
    maxRel: Infinity,
  });
});

test('integers and bools have no floats between them', () => {
  const [a, b] = [
    tensor('int32', new Int32Array([7, -(2 ** 31)])),
    tensor('int32', new Int32Array([7, 2 ** 31 - 1])),
  ];
  expect(compareTensors(a, b)).toEqual({
    items: 1,
    nans: 0,
    maxAbs: 2 ** 32 - 1,
    maxRel: (2 ** 32 - 1) / 2 ** 31,
    maxUlp: null,
    at: [1],
  });
  expect(
    compareTensors(tensor('bool', new Uint8Array([0, 1])), tensor('bool', new Uint8Array([1, 1]))),
  ).toMatchObject({ items: 1, maxAbs: 1 });
});

test('a scalar has an empty index, and a tensor without items does not differ', () => {
  const [a, b] = [tensor('float32', new Float32Array([1]), []), tensor('float32', new Float32Array([2]), [])];
  expect(compareTensors(a, b)).toMatchObject({ at: [] });
  expect(
    compareTensors(
      tensor('float32', new Float32Array(0), [0, 2]),
      tensor('float32', new Float32Array(0), [0, 2]),
    ),
  ).toBeUndefined();
});

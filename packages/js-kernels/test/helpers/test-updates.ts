import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import type { UpdateProgram } from '../../src/index.js';
import { createProgram, createRandom, createValue, runFused, runPlainly } from './update-programs.js';

const SIZES = [0, 1, 2, 3, 4, 5, 7, 16, 33, 511, 513, 2048, 2050];
const SHARED: UpdateProgram = {
  tensors: 2,
  numbers: 1,
  instructions: [
    ['mul', 1, 2],
    ['sub', 0, 3],
  ],
  results: [4, 3],
};

/** Tests the kernel KeepfitUpdate of the backend in use. Another seed makes other programs. */
export function testUpdates(seed = 17): void {
  test('random programs give the bits of the plain ops, for any size', async () => {
    const random = createRandom(seed);
    for (let round = 0; round < 65; round++) {
      const program = createProgram(random);
      const size = SIZES[round % SIZES.length] ?? 1;
      const numbers = Array.from({ length: program.numbers }, () => createValue(random));
      const tensors = Array.from({ length: program.tensors }, () =>
        tf.tensor1d(Array.from({ length: size }, () => createValue(random))),
      );
      const fused = runFused(program, tensors, numbers);
      const plain = runPlainly(program, tensors, numbers);
      for (const [index, tensor] of fused.entries()) {
        const [ours, theirs] = [await tensor.data(), await plain[index]!.data()];
        const at = ours.findIndex((value, element) => !Object.is(value, theirs[element]));
        expect(at, `${ours[at]} is not ${theirs[at]} in ${JSON.stringify({ program, index })}`).toBe(-1);
        expect(ours.length).toBe(size);
      }
      tf.dispose([...tensors, ...fused, ...plain]);
    }
  });

  test('an update keeps the shape, writes only into new memory and leaves nothing behind', async () => {
    const weight = tf.variable(tf.ones([2, 3]));
    const gradient = tf.ones([2, 3]);
    tf.dispose(runFused(SHARED, [weight, gradient], [0.5]));
    const before = { ...tf.memory(), ids: tf.backend().numDataIds() };
    const results = runFused(SHARED, [weight, gradient], [0.25]);
    expect(results.map(({ shape }) => shape)).toEqual([
      [2, 3],
      [2, 3],
    ]);
    expect(Array.from(await results[0]!.data())).toEqual(Array(6).fill(0.75));
    expect([...(await weight.data()), ...(await gradient.data())]).toEqual(Array(12).fill(1));
    tf.dispose(results);
    expect({ ...tf.memory(), ids: tf.backend().numDataIds() }).toEqual(before);
    tf.dispose([weight, gradient]);
  });

  test.each([
    [
      'two shapes',
      [
        [2, 3],
        [3, 2],
      ],
      [0.5],
      /tensor 1 must be float32 \[2,3\], and is float32 \[3,2\]/,
    ],
    ['too few tensors', [[2]], [0.5], /takes the tensors t0 to t1, and 1 were given/],
    ['too many tensors', [[2], [2], [2]], [0.5], /and 3 were given/],
    ['too few numbers', [[2], [2]], [], /takes 1 numbers, and 0 were given/],
  ])('refuses a call with %s', (_, shapes, numbers, message) => {
    const tensors = shapes.map((shape) => tf.ones(shape));
    expect(() => runFused(SHARED, tensors, numbers)).toThrow(message);
    expect(() => runFused(SHARED, [tf.ones([2], 'int32'), tf.ones([2])], [1])).toThrow(/int32/);
    tf.disposeVariables();
  });

  test.each<[string, UpdateProgram, RegExp]>([
    ['nothing comes in', { ...SHARED, tensors: 0 }, /tensors is 0/],
    ['numbers are not counted', { ...SHARED, numbers: 0.5 }, /numbers is 0.5/],
    ['nothing goes out', { ...SHARED, results: [] }, /no results/],
    ['too much comes in', { ...SHARED, numbers: 1000 }, /at most 400/],
    ['a result is not computed', { ...SHARED, results: [5] }, /result 5 is not there/],
    ['an op is unknown', { ...SHARED, instructions: [['toString' as 'add', 0, 1]] }, /unknown operation/],
    ['an operand comes later', { ...SHARED, instructions: [['add', 0, 3]] }, /not there yet/],
    ['an operand is negative', { ...SHARED, instructions: [['add', -1, 0]] }, /not there yet/],
    ['a unary op has two operands', { ...SHARED, instructions: [['sqrt', 0, 1]] }, /must have -1/],
    ['a binary op has one operand', { ...SHARED, instructions: [['add', 0, -1]] }, /not there yet/],
  ])('refuses a program if %s', (_, program, message) => {
    const tensors = [tf.ones([2]), tf.ones([2])];
    expect(() => runFused(program, tensors, [1])).toThrow(message);
    tf.dispose(tensors);
  });
}

import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { ctc } from '../../src/losses/ctc.js';

beforeAll(() => tf.setBackend('cpu'));

/** Logits of one sample, [time, classes], without repeats in their digits. */
const createLogits = (time: number, classes: number): number[][] =>
  Array.from({ length: time }, (_, t) =>
    Array.from({ length: classes }, (_class, k) => Math.sin(1 + t * classes + k * k) * 1.5),
  );

/** -log of the summed probability of every path that spells the labels: each path is tried. */
function tryAllPaths(labels: readonly number[], logits: readonly (readonly number[])[]): number {
  const steps = logits.map((row) => {
    const total = row.reduce((sum, each) => sum + Math.exp(each), 0);
    return row.map((each) => Math.exp(each) / total);
  });
  const classes = logits[0]!.length;
  let sum = 0;
  for (let code = 0; code < classes ** steps.length; code++) {
    const path = steps.map((_, t) => Math.floor(code / classes ** t) % classes);
    const spelled = path.filter((each, t) => each !== path[t - 1] && each !== 0);
    if (spelled.join() === labels.join())
      sum += path.reduce((product, each, t) => product * steps[t]![each]!, 1);
  }
  return -Math.log(sum);
}

const lossOf = (labels: readonly number[], logits: readonly (readonly number[])[]): number =>
  ctc()(tf.tensor2d([[...labels]]), tf.tensor3d([logits.map((row) => [...row])])).dataSync()[0]!;

test('is the sum over all paths that spell the labels', () => {
  for (const labels of [[1, 2], [1, 1], [2], [1, 2, 1], []]) {
    const padded = [...labels, 0];
    expect(lossOf(padded, createLogits(5, 3)), labels.join()).toBeCloseTo(
      tryAllPaths(labels, createLogits(5, 3)),
      4,
    );
  }
});

test('has the slope of the sum over all paths as its gradient', () => {
  const [labels, logits, step] = [[1, 2, 2], createLogits(5, 3), 1e-5];
  const gradient = tf
    .grad((yPred) => tf.sum(ctc()(tf.tensor2d([labels]), yPred)))(tf.tensor3d([logits]))
    .arraySync() as number[][][];
  for (const [t, row] of logits.entries()) {
    for (const k of row.keys()) {
      const at = (shift: number): number =>
        tryAllPaths(
          labels,
          logits.map((each, time) => each.map((value, c) => (time === t && c === k ? value + shift : value))),
        );
      expect(gradient[0]![t]![k]).toBeCloseTo((at(step) - at(-step)) / (2 * step), 4);
    }
  }
});

test('stays finite over many steps, and its gradient sums to 0 at each step', () => {
  const labels = Array.from({ length: 40 }, (_, index) => 1 + (index % 3));
  const yPred = tf.tensor3d([createLogits(300, 5)]);
  const { value, grad } = tf.valueAndGrad((each) => tf.sum(ctc()(tf.tensor2d([labels]), each)))(yPred);
  expect(Number.isFinite(value.dataSync()[0])).toBe(true);
  const sums = tf.sum(grad, -1).dataSync();
  expect(Math.max(...sums.map(Math.abs))).toBeLessThan(1e-5);
});

test('a class that is masked by -Infinity is as good as absent', () => {
  const logits = createLogits(5, 3);
  const masked = logits.map((row) => [...row, -Infinity]);
  expect(lossOf([1, 2], masked)).toBeCloseTo(lossOf([1, 2], logits), 5);
  const gradient = tf.grad((yPred) => tf.sum(ctc()(tf.tensor2d([[1, 2]]), yPred)))(tf.tensor3d([masked]));
  expect([...gradient.dataSync()].every(Number.isFinite)).toBe(true);
  expect(lossOf([3, 0], masked)).toBeGreaterThan(1e5);
});

test('labels that do not fit into the steps cost as much as in Keras, with a finite gradient', () => {
  const logits = [
    [
      [0.956, 0.456, 0.828],
      [-0.373, -1.829, 0.969],
    ],
    [
      [0.42, -0.331, -0.557],
      [-0.886, -1.763, -1.177],
    ],
  ];
  const labels = [
    [1, 2, 1],
    [1, 1, 0],
  ];
  const { value, grad } = tf.valueAndGrad((yPred) => tf.mean(ctc()(tf.tensor2d(labels), yPred)))(
    tf.tensor3d(logits),
  );
  // Keras with JAX: 100000.4.
  expect(Math.abs(value.dataSync()[0]! / 100000.4 - 1)).toBeLessThan(1e-5);
  expect(grad.dataSync()[2]).toBeCloseTo(0.118, 2);
});

test('a label that is no class gives NaN, in its own sample only', () => {
  for (const wrong of [3, -1]) {
    const labels = tf.tensor2d([
      [1, wrong],
      [1, 2],
    ]);
    const [first, second] = ctc()(labels, tf.tensor3d([createLogits(4, 3), createLogits(4, 3)])).dataSync();
    expect([first, Number.isFinite(second)]).toEqual([Number.NaN, true]);
  }
});

test('refuses other shapes, and gives one value per sample', () => {
  expect(ctc()(tf.zeros([3, 2]), tf.zeros([3, 5, 4])).shape).toEqual([3]);
  expect(() => ctc()(tf.zeros([3]), tf.zeros([3, 5, 4]))).toThrow(
    /KEEPFIT_INVALID_DATA: ctc needs .*\[3\] and \[3,5,4\]/,
  );
  expect(() => ctc()(tf.zeros([3, 2]), tf.zeros([3, 5]))).toThrow('KEEPFIT_INVALID_DATA');
  expect(() => ctc()(tf.zeros([2, 2]), tf.zeros([3, 5, 4]))).toThrow('KEEPFIT_INVALID_DATA');
});

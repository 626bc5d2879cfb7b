import * as tf from '@tensorflow/tfjs';
import { getCpuTime } from '../measure/clocks.js';

const SIZE = 512;
const REPEATS = 6;

/**
 * Returns a function that measures tfjs' own product of two 512 × 512 matrices, in GFLOP/s. It uses XNNPACK
 * with the second matrix packed before, which is the upper limit for this kind of arithmetic. Call it while
 * tfjs' own kernels are registered.
 */
export function createMatMulRate(): () => number {
  const a = tf.randomUniform([SIZE, SIZE], -1, 1, 'float32', 1);
  const b = tf.randomUniform([SIZE, SIZE], -1, 1, 'float32', 2);
  return () => {
    tf.matMul(a, b).dispose();
    const start = getCpuTime();
    for (let i = 0; i < REPEATS; i++) tf.matMul(a, b).dispose();
    return (2 * SIZE ** 3 * REPEATS) / (getCpuTime() - start) / 1e6;
  };
}

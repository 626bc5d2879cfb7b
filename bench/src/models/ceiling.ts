import * as tf from '@tensorflow/tfjs';
import { cpuTime } from './cpu-time.js';

const SIZE = 512;
const REPEATS = 6;

/**
 * What tfjs' own matrix product of two 512 × 512 matrices reaches, in GFLOP/s: XNNPACK with the second matrix packed before, the most of
 * this kind of arithmetic. To be called with tfjs' own kernels in their places.
 */
export function ceiling(): () => number {
  const a = tf.randomUniform([SIZE, SIZE], -1, 1, 'float32', 1);
  const b = tf.randomUniform([SIZE, SIZE], -1, 1, 'float32', 2);
  return () => {
    tf.matMul(a, b).dispose();
    const start = cpuTime();
    for (let i = 0; i < REPEATS; i++) tf.matMul(a, b).dispose();
    return (2 * SIZE ** 3 * REPEATS) / (cpuTime() - start) / 1e6;
  };
}

import type { Values } from '../memory.js';

/** Computes one result for each value. */
export type Loop = (x: Values, out: Float32Array, alpha: number) => void;

/**
 * One loop for each operation, because calling a function for each element costs several times the operation.
 * NaN stays NaN.
 */
export const loops = {
  relu: (x, out) => {
    for (let i = 0; i < out.length; i++) {
      const value = x[i] as number;
      out[i] = value < 0 ? 0 : value;
    }
  },

  relu6: (x, out) => {
    for (let i = 0; i < out.length; i++) {
      const value = x[i] as number;
      out[i] = value < 0 ? 0 : value > 6 ? 6 : value;
    }
  },

  step: (x, out, alpha) => {
    for (let i = 0; i < out.length; i++) {
      const value = x[i] as number;
      out[i] = value > 0 ? 1 : value <= 0 ? alpha : value;
    }
  },

  square: (x, out) => {
    for (let i = 0; i < out.length; i++) out[i] = (x[i] as number) * (x[i] as number);
  },

  sqrt: (x, out) => {
    for (let i = 0; i < out.length; i++) out[i] = Math.sqrt(x[i] as number);
  },

  rsqrt: (x, out) => {
    for (let i = 0; i < out.length; i++) out[i] = 1 / Math.sqrt(x[i] as number);
  },

  negate: (x, out) => {
    for (let i = 0; i < out.length; i++) out[i] = -(x[i] as number);
  },

  exponential: (x, out) => {
    for (let i = 0; i < out.length; i++) out[i] = Math.exp(x[i] as number);
  },

  logarithm: (x, out) => {
    for (let i = 0; i < out.length; i++) out[i] = Math.log(x[i] as number);
  },

  sigmoid: (x, out) => {
    for (let i = 0; i < out.length; i++) out[i] = 1 / (1 + Math.exp(-(x[i] as number)));
  },

  tanh: (x, out) => {
    for (let i = 0; i < out.length; i++) out[i] = Math.tanh(x[i] as number);
  },
} satisfies Record<string, Loop>;

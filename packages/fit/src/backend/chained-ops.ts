import { reshape, sign, stridedSlice, Tensor, transpose } from '@tensorflow/tfjs-core';

/**
 * The ops that tfjs-layers calls as methods of tensors, in its Orthogonal initializer: the default one of every recurrent layer. Only the
 * package @tensorflow/tfjs brings them; without it, building an LSTM throws `rMat.flatten is not a function`.
 */
const OPS: Readonly<Record<string, (this: Tensor, ...values: never[]) => Tensor>> = {
  flatten() {
    return reshape(this, [this.size]);
  },
  reshape(shape: number[]) {
    return reshape(this, shape);
  },
  sign() {
    return sign(this);
  },
  stridedSlice(...values: [begin: number[], end: number[], strides?: number[]]) {
    return stridedSlice(this, ...values);
  },
  transpose(order?: number[]) {
    return transpose(this, order);
  },
};

/** Adds those that are missing; what @tensorflow/tfjs brought stays, and what it brings later takes their place. */
export function addChainedOps(): void {
  const methods = Tensor.prototype as unknown as Record<string, unknown>;
  for (const [name, op] of Object.entries(OPS)) methods[name] ??= op;
}

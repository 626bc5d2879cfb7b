import type * as tf from '@tensorflow/tfjs-core';

/** One call of a kernel that is about to compute. */
export interface KernelCall {
  readonly inputs: Readonly<Record<string, tf.TensorInfo | undefined>>;
  readonly attrs: Readonly<Record<string, unknown>>;
  /** The values of a tensor. Only for backends that can read at once: a GPU cannot. */
  values(tensor: tf.TensorInfo): ArrayLike<number>;
  /** Computes ahead, and gives the values of the result. */
  compute(): ArrayLike<number>;
}

/** A situation in which tfjs' own kernels give wrong numbers and do not say so. */
export interface KnownError {
  readonly kernels: readonly string[];
  /** What goes wrong, as the end of a sentence about the kernel. */
  readonly what: string;
  isHit(call: KernelCall): boolean;
}

/** Whether a value of the tensor is not a number; NaN then vanishes in the result. */
export function hasNan({ values }: KernelCall, tensor: tf.TensorInfo | undefined): boolean {
  if (tensor?.dtype !== 'float32') return false;
  const numbers = values(tensor);
  for (let i = 0; i < numbers.length; i++) if (Number.isNaN(numbers[i])) return true;
  return false;
}

/** Matrix products and batch normalization that repeat a tensor along another axis than its first ones. */
export const broadcastErrors: readonly KnownError[] = [
  {
    kernels: ['BatchMatMul'],
    what: 'takes the wrong matrices if batches are repeated along another axis than the first',
    isHit({ inputs: { a, b } }) {
      const [batchOfA, batchOfB] = [a, b].map((factor) => factor?.shape.slice(0, -2) ?? []) as [
        number[],
        number[],
      ];
      const length = Math.max(batchOfA.length, batchOfB.length);
      const out = Array.from({ length }, (_, axis) =>
        Math.max(
          batchOfA[axis + batchOfA.length - length] ?? 1,
          batchOfB[axis + batchOfB.length - length] ?? 1,
        ),
      );
      return !isTrailing(batchOfA, out) || !isTrailing(batchOfB, out);
    },
  },
];

export const batchNormError: KnownError = {
  kernels: ['FusedBatchNorm'],
  what: 'takes the wrong statistics if they belong to another axis than the last',
  isHit({ inputs: { x, mean, variance, scale, offset } }) {
    return [mean, variance, scale, offset].some((own) => !isTrailing(own?.shape ?? [], x?.shape ?? []));
  },
};

/** Whether a shape, but for ones before it, is the end of the whole one. */
function isTrailing(part: readonly number[], whole: readonly number[]): boolean {
  const first = part.findIndex((length) => length !== 1);
  const own = first === -1 ? [] : part.slice(first);
  return own.every((length, axis) => length === whole[whole.length - own.length + axis]);
}

/** A tensor as a test writes it. */
export interface Given {
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
  /** @default 'float32' */
  readonly dtype?: 'float32' | 'int32' | 'bool';
}

/** One call of a kernel and its expected result, computed in float64. */
export interface KernelCase {
  readonly name: string;
  readonly kernelName: string;
  readonly inputs: Record<string, Given>;
  readonly attributes: Record<string, unknown>;
  readonly expected: Given | readonly Given[];
  /** Set for results that must be exact. @default false */
  readonly exact?: boolean;
}

/** How a test calls a kernel. */
export type RunKernel = (
  kernelName: string,
  inputs: Record<string, Given>,
  attributes: Record<string, unknown>,
) => Given[];

export const sizeOf = (shape: readonly number[]): number =>
  shape.reduce((product, size) => product * size, 1);

import type { DType } from '../../../packages/callbacks/src/index.ts';

/** The expected content of a file: every tensor by name, except the checksums. */
export type ExpectedTensors = Record<
  string,
  { readonly dtype: DType; readonly shape: readonly number[]; readonly hex: string }
>;

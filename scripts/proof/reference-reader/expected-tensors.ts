import type { DType } from '../../../packages/callbacks/src/index.ts';

/** What must be in a file: every tensor, but for the one of checksums, by name. */
export type ExpectedTensors = Record<
  string,
  { readonly dtype: DType; readonly shape: readonly number[]; readonly hex: string }
>;

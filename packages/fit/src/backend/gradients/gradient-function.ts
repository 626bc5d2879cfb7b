import type { NamedAttrMap, Tensor } from '@tensorflow/tfjs-core';

/** How tfjs' gradient functions are called here: every op that is corrected has one output. */
export type GradientFunction<Attrs = NamedAttrMap> = (
  dy: Tensor,
  saved: Tensor[],
  attrs: Attrs,
) => Record<string, () => Tensor>;

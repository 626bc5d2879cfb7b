import * as tf from '@tensorflow/tfjs-core';

interface TapeState {
  gradientDepth: number;
  /** Undefined before the first gradient of the process. */
  activeTape: readonly { readonly saved?: readonly tf.Tensor[] }[] | null | undefined;
}

/** Frees what a forward pass that threw had saved for its gradients: tfjs 4.22 frees it only when the gradients are computed. */
export function releaseTape(): void {
  const state = tf.engine().state as unknown as TapeState;
  if (state.gradientDepth > 0 || state.activeTape == null) return;
  for (const { saved } of state.activeTape) for (const tensor of saved ?? []) tensor.dispose();
  state.activeTape = null;
}

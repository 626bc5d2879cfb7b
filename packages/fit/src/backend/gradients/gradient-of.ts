import type { GradConfig } from '@tensorflow/tfjs-core';
import type { GradientFunction } from './gradient-function.js';

type Saved = Pick<GradConfig, 'inputsToSave' | 'outputsToSave' | 'saveAllInputs'>;

/** A gradient for tfjs' registry. What is saved of the forward pass comes in this order: inputs, then the output. */
export function gradientOf<Attrs>(
  kernelName: string,
  saved: Saved,
  gradFunc: GradientFunction<Attrs>,
): GradConfig {
  return { kernelName, ...saved, gradFunc: gradFunc as GradConfig['gradFunc'] };
}

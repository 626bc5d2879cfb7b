import type * as tf from '@tensorflow/tfjs-core';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';

type Layer = LayersModel['layers'][number];

/** Whether the model has a layer that masks steps of a sequence: Masking, or Embedding with maskZero. */
export function hasMasks(model: LayersModel): boolean {
  return model.layers.some((layer) => isMaskSource(layer));
}

/**
 * Computes the masks of the model's outputs, as Keras passes them to losses and metrics. Layers that mask an input of the model make
 * them, and later layers that support masks pass them on. A layer that masks a computed tensor is not supported.
 */
export function computeOutputMasks(
  model: LayersModel,
  inputs: tf.Tensor | tf.Tensor[],
): (tf.Tensor | undefined)[] {
  const values = Array.isArray(inputs) ? inputs : [inputs];
  return model.outputs.map((output) => computeMask(output, model.inputs, values));
}

function computeMask(
  symbolic: SymbolicTensor,
  inputs: readonly SymbolicTensor[],
  values: readonly tf.Tensor[],
): tf.Tensor | undefined {
  const layer = symbolic.sourceLayer as Layer;
  const [source] = symbolic.inputs;
  if (source === undefined || !layer.supportsMasking) return undefined;
  const value = values[inputs.indexOf(source)];
  const mask = computeMask(source, inputs, values);
  const isSource = isMaskSource(layer);
  if (isSource ? value === undefined : mask === undefined) return undefined;
  // Layers that only pass masks on do not look at the values.
  const made = layer.computeMask(
    (isSource ? value : mask) as tf.Tensor,
    mask ?? (null as unknown as tf.Tensor),
  ) as tf.Tensor | null | (tf.Tensor | null)[];
  return (Array.isArray(made) ? made[symbolic.outputTensorIndex ?? 0] : made) ?? undefined;
}

function isMaskSource(layer: Layer): boolean {
  return layer.getClassName() === 'Masking' || (layer as Layer & { maskZero?: boolean }).maskZero === true;
}

import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';

type Layer = LayersModel['layers'][number];

/** Whether a layer of the model says which steps of a sequence count: Masking, or Embedding with maskZero. */
export function hasMasks(model: LayersModel): boolean {
  return model.layers.some((layer) => isMaskSource(layer));
}

/**
 * The masks with which the model's outputs come, as Keras passes them on to losses and metrics: made by the layers that mask an input of
 * the model, and handed on by the layers behind them that support masks. A layer that masks something computed is not followed.
 */
export function outputMasks(model: LayersModel, inputs: Tensor | Tensor[]): (Tensor | undefined)[] {
  const values = Array.isArray(inputs) ? inputs : [inputs];
  return model.outputs.map((output) => maskOf(output, model.inputs, values));
}

function maskOf(
  symbolic: SymbolicTensor,
  inputs: readonly SymbolicTensor[],
  values: readonly Tensor[],
): Tensor | undefined {
  const layer = symbolic.sourceLayer as Layer;
  const [source] = symbolic.inputs;
  if (source === undefined || !layer.supportsMasking) return undefined;
  const value = values[inputs.indexOf(source)];
  const mask = maskOf(source, inputs, values);
  const isSource = isMaskSource(layer);
  if (isSource ? value === undefined : mask === undefined) return undefined;
  // Layers that only hand masks on do not look at the values.
  const made = layer.computeMask((isSource ? value : mask) as Tensor, mask ?? (null as unknown as Tensor)) as
    | Tensor
    | null
    | (Tensor | null)[];
  return (Array.isArray(made) ? made[symbolic.outputTensorIndex ?? 0] : made) ?? undefined;
}

function isMaskSource(layer: Layer): boolean {
  return layer.getClassName() === 'Masking' || (layer as Layer & { maskZero?: boolean }).maskZero === true;
}

import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { collectLayers } from './collect-layers.js';

type Layer = LayersModel['layers'][number];

interface Call {
  readonly layer: Layer;
  readonly inputs: readonly tf.Tensor[];
  readonly compute: () => tf.Tensor | tf.Tensor[];
  hasEnded: boolean;
}

/**
 * Finds the layer that needs a kernel which the backend lacks: the one whose forward pass throws, or else, in training, the one whose
 * gradients throw. Runs the model once more, then the gradients of each layer alone. Call it within a tidy.
 */
export function findKernelUser(
  model: LayersModel,
  kernel: string,
  inputs: tf.Tensor | tf.Tensor[],
  training: boolean,
): string | undefined {
  const calls: Call[] = [];
  try {
    const culprit = runForward(model, inputs, training, calls)
      ? training && calls.find((call) => isMissedBy(kernel, call))
      : findInnermost(calls);
    return culprit ? `layer "${culprit.layer.name}"` : undefined;
  } finally {
    tf.dispose(calls.flatMap((call) => [...call.inputs]));
  }
}

/** Finds the call that was running: within a model or wrapper, the innermost layer begins last. */
function findInnermost(calls: readonly Call[]): Call | undefined {
  return [...calls].reverse().find(({ hasEnded }) => !hasEnded);
}

/** Runs the forward pass and records the call of each layer. Returns whether it finished. */
function runForward(
  model: LayersModel,
  inputs: tf.Tensor | tf.Tensor[],
  training: boolean,
  calls: Call[],
): boolean {
  const unwatch = watchCalls(model, calls);
  try {
    model.apply(inputs, { training });
    return true;
  } catch {
    return false;
  } finally {
    unwatch();
  }
}

function watchCalls(model: LayersModel, calls: Call[]): () => void {
  const undo: (() => void)[] = [];
  for (const layer of collectLayers(model)) {
    const own = Object.getOwnPropertyDescriptor(layer, 'call');
    const original = layer.call.bind(layer);
    layer.call = (inputs, context) => {
      // The model disposes its tensors while it runs.
      const kept = toTensors(inputs).map((input) => tf.keep(input.clone()));
      const again = Array.isArray(inputs) ? kept : (kept[0] ?? inputs);
      const call: Call = { layer, inputs: kept, compute: () => original(again, context), hasEnded: false };
      calls.push(call);
      const outputs = original(inputs, context);
      call.hasEnded = true;
      return outputs;
    };
    undo.push(() => {
      // If the layer had no own `call`, the one of its class takes over again.
      if (own === undefined) delete (layer as Partial<Layer>).call;
      else Object.defineProperty(layer, 'call', own);
    });
  }
  return () => undo.forEach((step) => step());
}

/** Whether the gradients of this call throw because the kernel is missing. */
function isMissedBy(kernel: string, { layer, inputs, compute }: Call): boolean {
  const total = () => tf.addN(toTensors(compute()).map((output) => tf.sum(output))) as tf.Scalar;
  const weights = layer.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const floats = inputs.filter(({ dtype }) => dtype === 'float32');
  const attempts = [
    () => weights.length > 0 && tf.variableGrads(total, weights),
    () => floats.length > 0 && tf.grads(total)([...floats]),
  ];
  return attempts.some((attempt) => {
    try {
      attempt();
      return false;
    } catch (error) {
      return error instanceof Error && error.message.includes(`'${kernel}'`);
    }
  });
}

function toTensors(value: tf.Tensor | tf.Tensor[]): tf.Tensor[] {
  return (Array.isArray(value) ? value : [value]).filter((item) => item instanceof tf.Tensor);
}

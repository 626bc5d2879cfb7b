import {
  addN,
  dispose,
  grads,
  keep,
  type Scalar,
  sum,
  Tensor,
  type Variable,
  variableGrads,
} from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { allLayers } from './all-layers.js';

type Layer = LayersModel['layers'][number];

interface Call {
  readonly layer: Layer;
  readonly inputs: readonly Tensor[];
  readonly compute: () => Tensor | Tensor[];
  hasEnded: boolean;
}

/**
 * The layer that needs a kernel which the backend lacks: the one whose forward pass throws, else, in training, the one whose gradients do.
 * Runs the model once more, and then each layer's gradients alone. Call within a tidy.
 */
export function findKernelUser(
  model: LayersModel,
  kernel: string,
  inputs: Tensor | Tensor[],
  training: boolean,
): string | undefined {
  const calls: Call[] = [];
  try {
    const culprit = passes(model, inputs, training, calls)
      ? training && calls.find((call) => throwsFor(kernel, call))
      : innermost(calls);
    return culprit ? `layer "${culprit.layer.name}"` : undefined;
  } finally {
    dispose(calls.flatMap((call) => [...call.inputs]));
  }
}

/** The call that was under way: within a model or wrapper the innermost layer has begun last. */
function innermost(calls: readonly Call[]): Call | undefined {
  return [...calls].reverse().find(({ hasEnded }) => !hasEnded);
}

/** Whether the forward pass comes to its end. Notes each layer's call. */
function passes(model: LayersModel, inputs: Tensor | Tensor[], training: boolean, calls: Call[]): boolean {
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
  for (const layer of allLayers(model)) {
    const own = Object.getOwnPropertyDescriptor(layer, 'call');
    const original = layer.call.bind(layer);
    layer.call = (inputs, context) => {
      // The model disposes them on its way.
      const kept = tensorsOf(inputs).map((input) => keep(input.clone()));
      const again = Array.isArray(inputs) ? kept : (kept[0] ?? inputs);
      const call: Call = { layer, inputs: kept, compute: () => original(again, context), hasEnded: false };
      calls.push(call);
      const outputs = original(inputs, context);
      call.hasEnded = true;
      return outputs;
    };
    undo.push(() => {
      // Without a call of its own, that of its class is found again.
      if (own === undefined) delete (layer as Partial<Layer>).call;
      else Object.defineProperty(layer, 'call', own);
    });
  }
  return () => undo.forEach((step) => step());
}

function throwsFor(kernel: string, { layer, inputs, compute }: Call): boolean {
  const total = () => addN(tensorsOf(compute()).map((output) => sum(output))) as Scalar;
  const weights = layer.trainableWeights.map((weight) => weight.read() as Variable);
  const floats = inputs.filter(({ dtype }) => dtype === 'float32');
  const attempts = [
    () => weights.length > 0 && variableGrads(total, weights),
    () => floats.length > 0 && grads(total)([...floats]),
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

function tensorsOf(value: Tensor | Tensor[]): Tensor[] {
  return (Array.isArray(value) ? value : [value]).filter((item) => item instanceof Tensor);
}

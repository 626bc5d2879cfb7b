import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { collectInnerLayers } from './inner-layers.js';
import { overrideField } from './override-field.js';
import { getStockClasses } from './recording/stock-classes.js';

type Layer = LayersModel['layers'][number];

/** The part of tfjs' Conv2D that tfjs-layers does not declare. */
interface Convolution {
  readonly kernel: { read(): tf.Tensor };
  readonly bias?: { read(): tf.Tensor } | null;
  readonly strides: number[];
  readonly padding: string;
  readonly dilationRate: number | number[];
  readonly dataFormat: string;
  readonly activation: { apply(x: tf.Tensor): tf.Tensor; getClassName(): string };
}

/**
 * Finds the 2D convolutions of a model that are tfjs' own layers, and returns a function that runs a forward
 * pass of training in which each is one kernel, with its bias and relu, if the backend has such a kernel. tfjs
 * takes three ops: in training it fuses them only without an activation, and then also computes the gradient
 * of an input that needs none. The results have the same bits, and the layers are the same afterwards.
 */
export function findConvolutions(model: LayersModel): <T>(forward: () => T) => T {
  const convolutions = [...collectInnerLayers(model)].filter(isConvolution);
  return (forward) => {
    if (tf.getKernel('KeepfitConv2D', tf.getBackend()) === undefined) return forward();
    const undo = convolutions.filter((layer) => !Object.hasOwn(layer, 'call')).map(fuse);
    try {
      return forward();
    } finally {
      for (const release of undo) release();
    }
  };
}

/** Whether it is tfjs' own layer, with channels last. A subclass may compute otherwise. */
function isConvolution(layer: Layer): layer is Layer & Convolution {
  const { dataFormat } = layer as Layer & Convolution;
  return (
    layer.getClassName() === 'Conv2D' && dataFormat === 'channelsLast' && getStockClasses().isLayer(layer)
  );
}

function fuse(layer: Layer & Convolution): () => void {
  const call = layer.call.bind(layer);
  return overrideField(layer, 'call', (inputs: tf.Tensor | tf.Tensor[], context: object) => {
    const [x, ...others] = [inputs].flat();
    // The kernel's gradient cannot itself be differentiated.
    const isFit = tf.engine().state.gradientDepth === 1 && x?.rank === 4 && x.dtype === 'float32';
    return isFit && others.length === 0 ? tf.tidy(() => convolve(layer, x)) : call(inputs, context);
  });
}

function convolve(layer: Convolution, x: tf.Tensor): tf.Tensor {
  const { kernel, bias, strides, padding, dilationRate, activation } = layer;
  const relu = activation.getClassName() === 'relu' && getStockClasses().isActivation(activation);
  const inputs = { x, filter: kernel.read(), ...(bias && { bias: bias.read() }) };
  const attrs = { strides, pad: padding, dilations: dilationRate, relu, hasBias: Boolean(bias) };
  const y: tf.Tensor = tf.engine().runKernel('KeepfitConv2D', inputs, attrs);
  return relu ? tf.engine().runKernel('KeepfitReluResult', { x: y }) : activation.apply(y);
}

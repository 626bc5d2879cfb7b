import * as tf from '@tensorflow/tfjs-core';
import { type Call, createKernel } from './stock.js';
import { cutPadding, getPaddedShape, isNamedPadding, listWindows, padToWindows, VALID } from './windows.js';

type Shape4D = [number, number, number, number];
type Attrs = tf.Conv2DAttrs & { readonly inputShape?: Shape4D; readonly filterShape?: Shape4D };

const toChannelsLast = (x: tf.Tensor): tf.Tensor => tf.transpose(x, [0, 2, 3, 1]);
const toChannelsFirst = (x: tf.Tensor): tf.Tensor => tf.transpose(x, [0, 3, 1, 2]);

/**
 * Convolutions that tfjs-node throws for: those padded by numbers, with channels first, which TensorFlow
 * computes on a GPU only, and dilated ones of the kinds that TensorFlow does not dilate on a CPU.
 */
export function createConvolutions(): tf.KernelConfig[] {
  return [
    ...createThree(false, tf.Conv2D, tf.Conv2DBackpropInput, tf.Conv2DBackpropFilter),
    ...createThree(
      true,
      tf.DepthwiseConv2dNative,
      tf.DepthwiseConv2dNativeBackpropInput,
      tf.DepthwiseConv2dNativeBackpropFilter,
    ),
    createKernel(tf.Conv3D, (call, stock) => {
      const filter = call.inputs['filter'] as tf.Tensor;
      const rates = listRates((call.attrs as { dilations?: number | number[] }).dilations, 3);
      if (rates.every((rate) => rate === 1)) return stock(call);
      return stock(change(call, { filter: dilate(filter, rates) }, { dilations: [1, 1, 1] }));
    }),
  ];
}

function createThree(
  depthwise: boolean,
  forward: string,
  ofInput: string,
  ofFilter: string,
): tf.KernelConfig[] {
  return [
    createKernel(forward, (call, stock) => {
      const [given, filter] = [call.inputs['x'] as tf.Tensor, call.inputs['filter'] as tf.Tensor];
      const attrs = getAttrs(call);
      const x = isFirst(attrs) ? toChannelsLast(given) : given;
      const info = computeInfo(attrs, x.shape, filter.shape, depthwise);
      const rates = depthwise ? listRates(attrs.dilations, 2) : [1, 1];
      const y = stock(
        change(
          call,
          { x: isNamedPadding(info) ? x : padToWindows(x, listWindows(info)), filter: dilate(filter, rates) },
          { ...toStock(info), ...(depthwise ? { dilations: [1, 1] } : {}) },
        ),
      );
      return isFirst(attrs) ? toChannelsFirst(y) : y;
    }),
    createKernel(ofInput, (call, stock) => {
      const [given, filter] = [call.inputs['dy'] as tf.Tensor, call.inputs['filter'] as tf.Tensor];
      const attrs = getAttrs(call);
      const [batch, one, two, three] = attrs.inputShape as Shape4D;
      const inputShape = isFirst(attrs) ? [batch, two, three, one] : [batch, one, two, three];
      const dy = isFirst(attrs) ? toChannelsLast(given) : given;
      const info = computeInfo(attrs, inputShape, filter.shape, depthwise);
      const windows = listWindows(info);
      const named = isNamedPadding(info);
      const shape = named ? inputShape : getPaddedShape(inputShape, windows);
      const found = stock(change(call, { dy, filter }, { ...toStock(info), inputShape: shape }));
      const dx = named ? found : cutPadding(found, inputShape, windows);
      return isFirst(attrs) ? toChannelsFirst(dx) : dx;
    }),
    createKernel(ofFilter, (call, stock) => {
      const attrs = getAttrs(call);
      const [x, dy] = [call.inputs['x'] as tf.Tensor, call.inputs['dy'] as tf.Tensor].map((given) =>
        isFirst(attrs) ? toChannelsLast(given) : given,
      ) as [tf.Tensor, tf.Tensor];
      const info = computeInfo(attrs, x.shape, attrs.filterShape as Shape4D, depthwise);
      const inside = isNamedPadding(info) ? x : padToWindows(x, listWindows(info));
      return stock(change(call, { x: inside, dy }, toStock(info)));
    }),
  ];
}

function getAttrs(call: Call): Attrs {
  return call.attrs as unknown as Attrs;
}

function isFirst({ dataFormat }: Attrs): boolean {
  return (dataFormat as string | undefined) === 'NCHW';
}

/** All of it with channels last. */
function computeInfo(
  { strides, pad, dimRoundingMode, dilations }: Attrs,
  inputShape: readonly number[],
  filterShape: readonly number[],
  depthwise: boolean,
): tf.backend_util.Conv2DInfo {
  return tf.backend_util.computeConv2DInfo(
    [...inputShape] as Shape4D,
    [...filterShape] as Shape4D,
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
    depthwise,
  );
}

function toStock(info: tf.backend_util.Conv2DInfo): object {
  return { dataFormat: 'NHWC', ...(isNamedPadding(info) ? {} : VALID) };
}

function change(call: Call, inputs: tf.NamedTensorInfoMap, attrs: object): Call {
  return { ...call, inputs: { ...call.inputs, ...inputs }, attrs: { ...call.attrs, ...attrs } };
}

function listRates(dilations: number | readonly number[] | null | undefined, axes: number): number[] {
  return Array.from({ length: axes }, (_, axis) =>
    typeof dilations === 'object' ? (dilations?.[axis] ?? 1) : (dilations ?? 1),
  );
}

/** Puts zeros between the weights of a filter, whose first axes are the spatial ones. */
function dilate(filter: tf.Tensor, rates: readonly number[]): tf.Tensor {
  return rates.reduce((spread, rate, axis) => {
    if (rate === 1) return spread;
    const length = spread.shape[axis] ?? 0;
    const apart = tf.expandDims(spread, axis + 1);
    const padded = tf.pad(
      apart,
      apart.shape.map((_, at) => [0, at === axis + 1 ? rate - 1 : 0]),
    );
    const merged = spread.shape.map((size, at) => (at === axis ? length * rate : size));
    const wanted = spread.shape.map((size, at) => (at === axis ? (length - 1) * rate + 1 : size));
    return tf.slice(
      tf.reshape(padded, merged),
      wanted.map(() => 0),
      wanted,
    );
  }, filter);
}

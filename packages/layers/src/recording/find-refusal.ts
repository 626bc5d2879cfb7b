import { layers as Stock, RNN, type LayersModel } from '@tensorflow/tfjs-layers';
import { listActivityRegularizers } from '../activity-regularizer.js';
import { isModel, nameLayer } from './name-layer.js';
import { getStockClasses, type StockClasses } from './stock-classes.js';
import { listWeightRegularizers } from './weight-losses.js';

type Layer = LayersModel['layers'][number];

/** The fields of a layer that tfjs-layers does not declare. */
interface Fields {
  readonly _callHook?: unknown;
  readonly _trainableWeights?: readonly object[];
  readonly _nonTrainableWeights?: readonly object[];
  readonly randomGenerator?: unknown;
  readonly numTokens?: unknown;
  readonly cell?: Cell;
}

interface Cell {
  readonly name: string;
  readonly cells?: readonly Cell[];
  readonly dropout?: number;
  readonly recurrentDropout?: number;
}

/**
 * Why the steps of a model with these layers cannot be recorded: its JavaScript may compute something that does not
 * depend on weights, states, the batch and the configuration alone. undefined if they can.
 */
export function findRefusal(layers: Iterable<Layer>): string | undefined {
  const stock = getStockClasses();
  for (const layer of layers) {
    const refusal = findRefusalOf(layer, stock);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function findRefusalOf(layer: Layer, stock: StockClasses): string | undefined {
  const name = nameLayer(layer);
  const { constructor } = layer as { constructor: { name: string } };
  if (!(layer instanceof Stock.Layer)) return `${name} is of another copy of tfjs-layers`;
  if (!stock.isLayer(layer)) return `${name} (class ${constructor.name}) is not one of tfjs-layers`;
  const { _callHook: hook } = layer as unknown as Fields;
  if (hook !== null && hook !== undefined) return `${name} has a call hook`;
  const method = findOwnFunction(layer, stock) ?? findOwnFunctionOfWeight(layer, stock);
  if (method !== undefined) return `${name} has a function of its own, ${method}`;
  const part = findOwnPart(layer, stock);
  if (part !== undefined) return `${name} has ${part} that is not one of tfjs-layers`;
  if (listWeightRegularizers(layer).includes(undefined)) return `${name} was given a loss with addLoss`;
  return findHiddenState(layer, name);
}

/** A function in a field, or a getter: in place of a method of the class, or called by one. */
function findOwnFunction(object: object, stock: StockClasses): string | undefined {
  const prototype = Object.getPrototypeOf(object) as object;
  // A compiled model keeps functions of its own; they serve tfjs' fit and evaluate.
  const mayHaveOthers = isModel(object);
  return Object.getOwnPropertyNames(object).find((key) => {
    const { get, value } = Object.getOwnPropertyDescriptor(object, key) ?? {};
    if (get !== undefined) return true;
    return typeof value === 'function' && !stock.isFunction(value) && (!mayHaveOthers || key in prototype);
  });
}

function findOwnFunctionOfWeight(layer: Layer, stock: StockClasses): string | undefined {
  const { _trainableWeights: trainable = [], _nonTrainableWeights: others = [] } = layer as unknown as Fields;
  for (const weight of [...trainable, ...others]) {
    const method = findOwnFunction(weight, stock);
    if (method !== undefined) return `${method} of a weight`;
  }
  return undefined;
}

/** An activation, a regularizer or a cell that is the user's own, or has a method of its own. */
function findOwnPart(layer: Layer, stock: StockClasses): string | undefined {
  const isOwn = (part: unknown, isStock: (part: object) => boolean): boolean =>
    typeof part === 'function' ||
    (typeof part === 'object' &&
      part !== null &&
      (!isStock(part) || findOwnFunction(part, stock) !== undefined));
  if (listActivityRegularizers(layer).some((part) => isOwn(part, stock.isRegularizer)))
    return 'an activity regularizer';
  for (const [key, value] of Object.entries(layer)) {
    if (/activation$/i.test(key) && isOwn(value, stock.isActivation)) return `an activation in ${key}`;
    if (/regularizer$/i.test(key) && isOwn(value, stock.isRegularizer)) return `a regularizer in ${key}`;
    if ([value].flat().some(isOwnCell)) return `a cell in ${key}`;
  }
  return undefined;
}

/** Any object with these methods may serve as a cell. One that is a layer is checked by itself. */
function isOwnCell(part: unknown): boolean {
  const { call, apply } = (typeof part === 'object' && part !== null ? part : {}) as Partial<Layer>;
  return typeof call === 'function' && typeof apply !== 'function';
}

/** What some classes of tfjs-layers keep from step to step, or read from tensors. */
function findHiddenState(layer: Layer, name: string): string | undefined {
  const { randomGenerator, numTokens } = layer as unknown as Fields;
  if (randomGenerator !== undefined) return `${name} draws the size of its output in each step`;
  if (numTokens !== undefined) return `${name} checks the values of its input in each step`;
  const keeper = findMaskKeeper(layer);
  return keeper && `the cell "${keeper}" of ${name} keeps its dropout mask from step to step`;
}

/** The cell of a layer that draws its dropout mask once. */
export function findMaskKeeper(layer: Layer): string | undefined {
  const { cell } = layer as unknown as Fields;
  // The layers of one kind of cell, such as lstm, make a new mask in each step.
  if (cell === undefined || Object.getPrototypeOf(layer) !== RNN.prototype) return undefined;
  return [cell, ...(cell.cells ?? [])].find(
    ({ dropout = 0, recurrentDropout = 0 }) => dropout > 0 || recurrentDropout > 0,
  )?.name;
}

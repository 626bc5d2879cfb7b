import * as tf from '@tensorflow/tfjs-core';
import { layers, LayersModel, regularizers, Sequential } from '@tensorflow/tfjs-layers';

/** What tfjs-layers itself brings, told by identity: a class of yours may have the same name. */
export interface StockClasses {
  /** Whether the class of a layer or a model is one of tfjs-layers. A subclass of yours is not. */
  isLayer(object: object): boolean;
  isActivation(object: object): boolean;
  isRegularizer(object: object): boolean;
  /** Whether it is the function that a layer of tfjs-layers keeps in a field. */
  isFunction(value: unknown): boolean;
}

let found: StockClasses | undefined;

/**
 * Finds the classes of tfjs-layers, which exports only functions that make layers.
 */
export function getStockClasses(): StockClasses {
  return (found ??= findStockClasses());
}

function findStockClasses(): StockClasses {
  const isOfLayers = findLayerClasses();
  const softmax = (layers.softmax({ name: PROBE }) as unknown as { softmax: unknown }).softmax;
  const activation = findActivation(softmax);
  const regularizer = getPrototype(regularizers.l1l2());
  return {
    isLayer: (object) => isOfLayers(getPrototype(object)) || isFunctional(getPrototype(object)),
    isActivation: (object) =>
      activation !== undefined &&
      getPrototype(getPrototype(object)) === activation &&
      ACTIVATIONS.has((object as { getClassName(): string }).getClassName()),
    isRegularizer: (object) => getPrototype(object) === regularizer,
    isFunction: (value) => value === softmax,
  };
}

const PROBE = 'keepfit_probe';

/**
 * Calls the functions that make layers once, with a name, so that the automatic names of later layers are the same.
 * No layer is built, so no tensor is made. One of the name of the class comes first, because a first fit must not wait
 * until all are made.
 */
function findLayerClasses(): (prototype: object) => boolean {
  const known = new Set<object>([LayersModel.prototype, Sequential.prototype]);
  // The classes Layer, RNN and RNNCell are among them, and the function that makes a symbolic tensor.
  const unused = new Map(
    Object.entries(layers as unknown as Record<string, (args: object) => object>).filter(
      ([name]) => !/^[A-Z]/.test(name) && name !== 'input',
    ),
  );
  const use = (isWanted: (name: string) => boolean): void => {
    for (const [name, make] of unused) {
      if (!isWanted(name)) continue;
      known.add(getPrototype(make(createArguments())));
      unused.delete(name);
    }
  };
  return (prototype) => {
    if (known.has(prototype)) return true;
    const { className } = prototype.constructor as { className?: unknown };
    use((name) => name.toLowerCase() === String(className).toLowerCase());
    if (known.has(prototype)) return true;
    use(() => true);
    return known.has(prototype);
  };
}

/** All that any layer needs. New for each, because layers write into theirs. */
function createArguments(): object {
  const args = {
    name: PROBE,
    ...{ units: 1, filters: 1, kernelSize: 1, poolSize: 1, n: 1, axes: 1, scale: 1, factor: 1 },
    ...{ inputDim: 1, outputDim: 1, numTokens: 1, height: 1, width: 1, rate: 0, stddev: 0 },
    ...{ inputShape: [1], targetShape: [1], dims: [1], cropping: [0, 0].map(() => [0, 0]) },
  };
  const cell = layers.simpleRNNCell({ ...args });
  return { ...args, activation: 'linear', cell, cells: [cell], layer: layers.simpleRNN({ ...args }) };
}

const ACTIVATIONS: ReadonlySet<string> = new Set([
  ...['elu', 'selu', 'relu', 'relu6', 'linear', 'sigmoid', 'hardSigmoid', 'softplus', 'softsign', 'tanh'],
  ...['softmax', 'logSoftmax', 'gelu', 'gelu_new', 'mish', 'swish'],
]);

/**
 * Finds what all activations of tfjs-layers inherit from. Only their names lead to them, and a class of yours may
 * have taken a name; but the layer of softmax has the method of the true class.
 */
function findActivation(softmax: unknown): object | undefined {
  const classes: Partial<Record<string, readonly [{ prototype: object }, ...unknown[]]>> =
    tf.serialization.SerializationMap.getMap().classNameMap;
  const prototype = classes['softmax']?.[0].prototype as { apply?: unknown } | undefined;
  return prototype?.apply === softmax ? getPrototype(prototype as object) : undefined;
}

/** tfjs makes a model of the class Functional from a file of Keras. The class adds nothing to LayersModel. */
function isFunctional(prototype: object): boolean {
  const { constructor } = prototype as { constructor: { className?: unknown } };
  return (
    constructor.className === 'Functional' &&
    getPrototype(prototype) === LayersModel.prototype &&
    Object.getOwnPropertyNames(prototype).every((name) => name === 'constructor')
  );
}

function getPrototype(object: object): object {
  return Object.getPrototypeOf(object) as object;
}

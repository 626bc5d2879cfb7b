import { KeepfitError, type StateRecord, type StateValue } from '@keepfit/callbacks';
import { checkOptions, formatValue } from '@keepfit/callbacks/internal';
import type { Model, ModelRecording, NamedWeight } from '@keepfit/fit';
import type * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { fromLayers } from './from-layers.js';

export interface JoinModelsOptions<Name extends string = string> {
  /**
   * The part that `predict` computes, whose inputs and outputs are those of the whole.
   *
   * @default none, and predictions are refused
   */
  readonly main?: Name;
}

/** A model of several ones, for a `Trainer` with phases or a step of your own. */
export interface JoinedModel<Name extends string = string> extends Model {
  /** Each part as a model of keepfit, whose `call` treats frozen batch normalization as Keras does. */
  readonly parts: Readonly<Record<Name, Model>>;
}

/**
 * Joins tfjs-layers models into one to train, such as a generator and a discriminator. They stay the same models.
 * The name of each part begins the names of its weights: `generator/dense/kernel`.
 *
 * ```ts
 * const model = joinModels({ generator, discriminator }, { main: 'generator' });
 * const trainer = new Trainer(model, { phases: [{ name: 'generator', weights: 'generator', optimizer: 'adam', loss }, …] });
 * ```
 *
 * @throws KEEPFIT_INVALID_OPTION when there is no part, a name has other characters than letters, digits, `_` and
 * `-`, or `main` names no part.
 */
export function joinModels<Parts extends Readonly<Record<string, LayersModel | Model>>>(
  models: Parts,
  options: JoinModelsOptions<keyof Parts & string> = {},
): JoinedModel<keyof Parts & string> {
  const named = Object.entries(models ?? {}).map(([name, model]) => [name, toModel(model)] as const);
  checkOptions('joinModels', options, { main: [(name) => typeof name === 'string', 'the name of a part'] });
  const { main } = options;
  const parts = Object.fromEntries(named) as Record<keyof Parts & string, Model>;
  checkNames(Object.keys(parts), main);
  const list = named.map(([, part]) => part);
  return {
    ...describeMain(main === undefined ? undefined : parts[main]),
    parts,
    get weights() {
      return listWeights(named);
    },
    get states() {
      return named.flatMap(([name, { states = [] }]) =>
        states.map((state) => ({
          name: `${name}/${state.name}`,
          read: () => state.read(),
          write: (values: tf.Tensor) => state.write(values),
        })),
      );
    },
    losses: () => list.flatMap((part) => part.losses?.() ?? []),
    describeRecording: () => describeRecording(named),
    findShardRefusal: () => findShardRefusal(named),
    get stopTraining() {
      return list.some((part) => part.stopTraining === true);
    },
    set stopTraining(stop) {
      for (const part of list) part.stopTraining = stop;
    },
    get config(): StateRecord {
      const configs = named.map(([name, { config }]) => [name, config ?? null] as const);
      return Object.fromEntries<StateValue>(configs);
    },
  };
}

/** Each variable once: a part may contain another one. */
function listWeights(named: readonly (readonly [string, Model])[]): NamedWeight[] {
  const seen = new Set<unknown>();
  return named.flatMap(([name, { weights }]) =>
    weights.flatMap((weight) => {
      if (seen.has(weight.variable)) return [];
      seen.add(weight.variable);
      return [{ ...weight, name: `${name}/${weight.name}` }];
    }),
  );
}

/** All that a recorded step relies on in any of the parts. */
function describeRecording(named: readonly (readonly [string, Model])[]): ModelRecording {
  const parts = named.map(([name, part]) => {
    const recording = part.describeRecording?.();
    const within = (text: string | undefined) => text && `${text} of the part ${name}`;
    return recording === undefined
      ? { refusal: `the part ${name} is a model of your own`, noise: [], findChange: () => undefined }
      : {
          ...recording,
          refusal: within(recording.refusal),
          findChange: () => within(recording.findChange()),
        };
  });
  return {
    refusal: parts.find(({ refusal }) => refusal !== undefined)?.refusal,
    noise: parts.flatMap(({ noise }) => noise),
    findChange: () => {
      for (const { findChange } of parts) {
        const change = findChange();
        if (change !== undefined) return change;
      }
      return undefined;
    },
  };
}

function findShardRefusal(named: readonly (readonly [string, Model])[]): string | undefined {
  for (const [name, part] of named) {
    const refusal = part.findShardRefusal?.();
    if (refusal !== undefined) return `${refusal} (part ${name})`;
  }
  return undefined;
}

/** What a model has for the inputs and outputs of one of its parts. */
function describeMain(main: Model | undefined): Pick<Model, 'call'> & Partial<Model> {
  if (main === undefined) return { call: refuseCall };
  const { inputNames, outputNames, outputAliases, masks, whereKernelIsNeeded } = main;
  return {
    call: (inputs, context) => main.call(inputs, context),
    ...(inputNames && { inputNames }),
    ...(outputNames && { outputNames }),
    ...(outputAliases && { outputAliases }),
    ...(masks && { masks: (inputs) => main.masks?.(inputs) ?? [] }),
    ...(whereKernelIsNeeded && {
      whereKernelIsNeeded: (...given) => main.whereKernelIsNeeded?.(...given),
    }),
  };
}

function refuseCall(): never {
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    'a model of several parts computes no outputs without a main part; give joinModels(parts, { main })',
  );
}

function checkNames(names: readonly string[], main: string | undefined): void {
  const odd = names.find((name) => !/^[\w-]+$/.test(name));
  if (names.length > 0 && odd === undefined && (main === undefined || names.includes(main))) return;
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    names.length === 0
      ? 'joinModels was given no models; give them by name: joinModels({ generator, discriminator })'
      : odd === undefined
        ? `main of joinModels must be one of ${names.join(', ')}, not ${formatValue(main)}`
        : `joinModels was given a part ${formatValue(odd)}; a name has letters, digits, _ and - alone`,
  );
}

function toModel(model: LayersModel | Model): Model {
  const { layers } = (model ?? {}) as { readonly layers?: unknown };
  const { weights, call } = (model ?? {}) as Partial<Model>;
  const isOurs = layers === undefined && Array.isArray(weights) && typeof call === 'function';
  return isOurs ? (model as Model) : fromLayers(model as LayersModel);
}

import { KeepfitError } from '@keepfit/callbacks';
import { readSafetensors, type SavedTensor } from '@keepfit/callbacks/checkpoint';
import { formatValue } from '@keepfit/callbacks/internal';
import { applyWeights, replacingWeights } from '@keepfit/fit/internal';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { checkIsLayersModel, fromLayers } from './from-layers.js';
import { type KerasWeight, listKerasWeights } from './keras-weights.js';
import { type FileOrder, matchWeights, type Pairs } from './match-weights.js';

/**
 * Loads weights from a safetensors file into a tfjs-layers model: a file that `exportWeights`,
 * `npx keepfit import` or Python wrote under Keras' weight paths. It loads all weights or none.
 *
 * Layers are matched by name. The number in an automatic name may differ, since it depends on what else the
 * program made. If names differ, layers are matched by their order, if the file tells it. In a file without
 * names (`.weights.h5` of Keras 2) only class and order count.
 *
 * ```ts
 * await importWeights(model, await readFile('digits.safetensors'));
 * ```
 *
 * @throws KEEPFIT_CHECKPOINT_CORRUPT when it is no safetensors file, or a damaged one.
 * @throws KEEPFIT_FIT_RUNNING when a fit of the model runs.
 * @throws KEEPFIT_CHECKPOINT_MISMATCH when the weights do not fit the model; the message lists each.
 * @throws KEEPFIT_INVALID_DATA when the model is not built yet and cannot be built, or `bytes` is no Uint8Array.
 * @throws KEEPFIT_INVALID_OPTION when it is no tfjs-layers model.
 */
export async function importWeights(model: LayersModel, bytes: Uint8Array): Promise<void> {
  checkIsLayersModel(model);
  const adapted = fromLayers(model);
  const { tensors, metadata } = readSafetensors(bytes);
  if (metadata.has('keepfit'))
    throw createMismatch(
      'the file is a checkpoint of keepfit; put it into a store, and load it with loadWeights',
    );
  const weights = listKerasWeights(model);
  const pairs = findPairs(weights, tensors, readOrder(metadata, tensors));
  refuseResetAfter(weights, pairs, tensors);
  const named = weights.map(({ path, variable }) => ({ name: path, variable, trainable: true }));
  const values = new Map(
    weights.map(({ path }, index) => [path, tensors.get(pairs[index] as string) as SavedTensor]),
  );
  await replacingWeights(adapted, 'importWeights', async () =>
    applyWeights({ ...adapted, weights: named }, values, { source: 'the file' }),
  );
}

/** Reads the order that the file tells. Metadata of another program by these names is ignored. */
function readOrder(
  metadata: ReadonlyMap<string, string>,
  tensors: ReadonlyMap<string, SavedTensor>,
): FileOrder {
  for (const [key, isLikely] of [
    ['keras.order', false],
    ['keras.likelyOrder', true],
  ] as const) {
    const order = parseJson(metadata.get(key));
    if (Array.isArray(order) && order.length === tensors.size && new Set(order).size === order.length)
      if (order.every((path) => tensors.has(path as string))) return { order: order as string[], isLikely };
  }
  const places = parseJson(metadata.get('keras.places'));
  if (typeof places !== 'object' || places === null) return {};
  return {
    places: new Map(Object.entries(places as Record<string, string>)),
    isNameless: metadata.get('keras.names') === 'unknown',
  };
}

function parseJson(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function findPairs(
  weights: readonly KerasWeight[],
  tensors: ReadonlyMap<string, SavedTensor>,
  order: FileOrder,
): Pairs {
  const { byName, byOrder } = matchWeights(weights, [...tensors.keys()], order);
  const pairs = byName ?? byOrder;
  if (pairs === undefined)
    throw createMismatch(
      order.isNameless === true
        ? describePlaces(weights, [...tensors.keys()])
        : describeNames(weights, [...tensors.keys()]),
    );
  const other = byOrder?.findIndex((path, index) => path !== pairs[index]) ?? -1;
  if (other < 0) return pairs;
  throw createMismatch(
    `names and order of the layers disagree: by name, ${formatValue(weights[other]?.leaf)} is ${formatValue(pairs[other])} of the file, ` +
      `by order ${formatValue(byOrder?.[other])}; give the layers the same names in both programs`,
  );
}

function describeNames(weights: readonly KerasWeight[], paths: readonly string[]): string {
  const leaves = new Set(weights.map(({ leaf }) => leaf));
  const missing = weights.filter(({ leaf }) => !paths.some((path) => `/${path}`.endsWith(`/${leaf}`)));
  const isKnown = (path: string) =>
    path.split('/').some((_, from, parts) => leaves.has(parts.slice(from).join('/')));
  const unknown = paths.filter((path) => !isKnown(path));
  return [
    `the model has ${weights.length} weights, and the file has ${paths.length}`,
    ...(missing.length > 0 ? [`not in the file: ${listPaths(missing.map(({ leaf }) => leaf))}`] : []),
    ...(unknown.length > 0 ? [`not in the model: ${listPaths(unknown)}`] : []),
    'build the same model in both programs, and give its layers the same names',
  ].join('; ');
}

/** The paths of a file without names are places with roles: `layers/dense_1/kernel`. */
function describePlaces(weights: readonly KerasWeight[], paths: readonly string[]): string {
  const own = weights.map(
    ({ place, leaf }) => place.replace(/vars\/\d+$/, '') + leaf.slice(leaf.lastIndexOf('/') + 1),
  );
  const [missing, unknown] = [
    own.filter((path) => !paths.includes(path)),
    paths.filter((path) => !own.includes(path)),
  ];
  return [
    'the file holds no names of layers, so only their classes and order count, and these differ',
    ...(missing.length > 0 ? [`not in the file: ${listPaths(missing)}`] : []),
    ...(unknown.length > 0 ? [`not in the model: ${listPaths(unknown)}`] : []),
    'build the same model in both programs, or import its .keras file, which holds the names',
  ].join('; ');
}

function listPaths(paths: readonly string[]): string {
  return paths.map((path) => formatValue(path)).join(', ');
}

/** @throws KEEPFIT_CHECKPOINT_MISMATCH when a bias is of Keras' other kind of GRU. */
function refuseResetAfter(
  weights: readonly KerasWeight[],
  pairs: Pairs,
  tensors: ReadonlyMap<string, SavedTensor>,
): void {
  for (const [index, { leaf, variable }] of weights.entries()) {
    const path = pairs[index] as string;
    const { shape = [] } = tensors.get(path) ?? {};
    if (!/gru_cell[^/]*\/bias$/.test(leaf) || shape.length !== 2 || shape[1] !== variable.shape[0]) continue;
    throw createMismatch(
      `${formatValue(path)} is of a GRU with reset_after=True, which tfjs-layers does not have; ` +
        'train it in Keras with GRU(…, reset_after=False)',
    );
  }
}

function createMismatch(message: string): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_CHECKPOINT_MISMATCH',
    `the weights do not fit the model, and none was loaded: ${message}`,
  );
}

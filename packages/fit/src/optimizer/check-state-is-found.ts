import { KeepfitError } from '@keepfit/callbacks';
import type * as tf from '@tensorflow/tfjs-core';
import type { FieldEntries, FieldNode } from './field-tree.js';
import { getOptimizerClass, hasOwnState } from './optimizer-kind.js';
import { readOwnState } from './own-state.js';
import { readFields } from './read-fields.js';
import { describeKey, type WeightNames } from './weight-names.js';

/** A tensor of a state: whose data it has now, and what may take its place. */
interface Place {
  readonly data: object;
  readonly shape: string;
}

/** The tensors of a state by the records that hold them, and there by their keys. */
export type Places = ReadonlyMap<string, ReadonlyMap<string, readonly Place[]>>;

/** Reads which data an optimizer's state consists of now. */
export function readPlaces(optimizer: tf.Optimizer, names: WeightNames): Places {
  if (hasOwnState(optimizer)) {
    const { tensors } = readOwnState(optimizer.readState(), names);
    return new Map([['', new Map([...tensors].map(([name, tensor]) => [name, [toPlace(tensor)]]))]]);
  }
  const { tree, tensors } = readFields(optimizer, names);
  const places = new Map<string, Map<string, Place[]>>();
  collectPlaces(tree, '', tensors, places);
  return places;
}

/** Returns the tensors of a node. Items of lists are found by position, so that a list may grow. */
function collectPlaces(
  node: FieldNode,
  path: string,
  tensors: ReadonlyMap<string, tf.Tensor>,
  places: Map<string, Map<string, Place[]>>,
): Place[] {
  const collect = (inner: FieldNode, key: string) =>
    collectPlaces(inner, path === '' ? key : `${path}/${key}`, tensors, places);
  const name = 'variable' in node ? node.variable : 'tensor' in node ? node.tensor : undefined;
  const tensor = tensors.get(name ?? '');
  if (tensor !== undefined) return [toPlace(tensor)];
  const items = ('list' in node ? node.list : 'set' in node ? node.set : undefined) ?? [];
  const inItems = items.flatMap((item, index) => collect(item, String(index)));
  const keyed = new Map(
    listEntries(node).map(([key, inner]) => {
      const text = describeKey(key);
      return [text, collect(inner, text)] as const;
    }),
  );
  if (keyed.size > 0) places.set(path, keyed);
  return [...inItems, ...[...keyed.values()].flat()];
}

function listEntries(node: FieldNode): FieldEntries {
  return (
    ('record' in node ? node.record : 'map' in node ? node.map : 'object' in node ? node.object : []) ?? []
  );
}

function toPlace({ dataId, shape, dtype }: tf.Tensor): Place {
  return { data: dataId, shape: `${dtype} ${shape.join()}` };
}

/**
 * After the first step that follows a restore: an optimizer that leaves the restored tensors of a record alone
 * and makes others of their shape beside them looks for them under names that keepfit cannot translate.
 *
 * @throws KEEPFIT_CHECKPOINT_MISMATCH when it does.
 */
export function checkStateIsFound(optimizer: tf.Optimizer, restored: Places, now: Places): void {
  for (const [path, keyed] of now) {
    const before = restored.get(path) ?? new Map<string, readonly Place[]>();
    const unused = (shape: string): boolean => {
      const beside = [...before].flatMap(([key, places]) =>
        places.map((place, index) => ({ place, after: keyed.get(key)?.[index] })),
      );
      const alike = beside.filter(({ place }) => place.shape === shape);
      return alike.length > 0 && alike.every(({ place, after }) => after?.data === place.data);
    };
    for (const [key, places] of keyed)
      if (!before.has(key) && places.some(({ shape }) => unused(shape))) refuse(optimizer, path, key);
  }
}

function refuse(optimizer: tf.Optimizer, path: string, key: string): never {
  throw new KeepfitError(
    'KEEPFIT_CHECKPOINT_MISMATCH',
    `the optimizer ${getOptimizerClass(optimizer)} did not find its restored state: it made "${path === '' ? key : `${path}/${key}`}" from scratch, and left what was restored beside it alone. ` +
      'Key its state by the names of the variables, whole or set off by a slash, by the variables or by their positions; or implement readState and writeState. The checkpoint is unchanged',
  );
}

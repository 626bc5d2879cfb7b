import * as tf from '@tensorflow/tfjs-core';
import type { FieldEntries, FieldNode } from './field-tree.js';
import { fieldsOf } from './optimizer-kind.js';
import { readFields } from './read-fields.js';
import type { WeightNames } from './weight-names.js';

/**
 * The variables that are in the places of saved tensors now, by the same names: a saved tensor must have their
 * dtype and shape. Other places take any tensor.
 */
export function findVariables(optimizer: tf.Optimizer, names: WeightNames): Map<string, tf.Tensor> {
  const { tensors } = readFields(optimizer, names);
  return new Map([...tensors].filter(([, tensor]) => tensor instanceof tf.Variable));
}

/** The fields in which a saved tree has an instance of a class, and the optimizer has no object. */
export function findMissingObjects(optimizer: tf.Optimizer, tree: FieldNode, names: WeightNames): string[] {
  const missing: string[] = [];
  const visit = (node: FieldNode, current: unknown, path: readonly unknown[]): void => {
    if ('object' in node && (typeof current !== 'object' || current === null)) missing.push(path.join('/'));
    else
      for (const [key, inner] of listInner(node, names)) visit(inner, valueAt(current, key), [...path, key]);
  };
  visit(tree, fieldsOf(optimizer), []);
  return missing;
}

function listInner(node: FieldNode, names: WeightNames): (readonly [key: unknown, inner: FieldNode])[] {
  if ('list' in node) return (node.list ?? []).map((inner, index) => [index, inner] as const);
  const entries: FieldEntries =
    ('object' in node ? node.object : 'record' in node ? node.record : 'map' in node ? node.map : []) ?? [];
  return entries.map(([key, inner]) => [names.toKeys(key)[0], inner] as const);
}

function valueAt(container: unknown, key: unknown): unknown {
  if (container instanceof Map) return container.get(key);
  return typeof container === 'object' && container !== null
    ? (container as Record<string, unknown>)[String(key)]
    : undefined;
}

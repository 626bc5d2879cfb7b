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
  const visit = (node: FieldNode, current: unknown, path: string): void => {
    if ('object' in node && (typeof current !== 'object' || current === null)) missing.push(path);
    const entries = ('object' in node ? node.object : 'record' in node ? node.record : []) as FieldEntries;
    for (const [key, inner] of entries)
      for (const name of names.toKeys(key))
        visit(
          inner,
          (current as Record<string, unknown> | undefined)?.[String(name)],
          `${path}/${String(name)}`,
        );
  };
  visit(tree, fieldsOf(optimizer), '');
  return missing.map((path) => path.slice(1));
}

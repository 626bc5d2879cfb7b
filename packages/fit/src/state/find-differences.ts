import type { Difference, StateRecord, StateValue } from '@keepfit/callbacks';

/** Each leaf in which two fingerprints differ, by its path. */
export function findDifferences(saved: StateValue, current: StateValue, item = ''): Difference[] {
  if (isTree(saved) && isTree(current)) {
    const keys = new Set([...Object.keys(saved), ...Object.keys(current)]);
    return [...keys].flatMap((key) =>
      findDifferences(valueAt(saved, key), valueAt(current, key), pathTo(item, key, saved)),
    );
  }
  return Object.is(saved, current) ? [] : [{ item, saved, current, canContinue: true }];
}

type Tree = StateRecord | readonly StateValue[];

function isTree(value: StateValue): value is Tree {
  return typeof value === 'object' && value !== null && !ArrayBuffer.isView(value);
}

function valueAt(tree: Tree, key: string): StateValue {
  return Object.hasOwn(tree, key) ? ((tree as StateRecord)[key] ?? null) : null;
}

function pathTo(item: string, key: string, parent: Tree): string {
  if (Array.isArray(parent)) return `${item}[${key}]`;
  if (!/^[A-Za-z_$][\w$]*$/.test(key)) return `${item}[${JSON.stringify(key)}]`;
  return item === '' ? key : `${item}.${key}`;
}

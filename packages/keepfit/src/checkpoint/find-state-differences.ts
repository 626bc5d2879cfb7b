import type { Capture, StateRecord, StateValue } from '@keepfit/callbacks/checkpoint';
import { isCapture, type PlainValue, toPlainValue } from './plain-state.js';

/** One value of the state in which two checkpoints differ; undefined if only the other has it. */
export interface StateDifference {
  /** Its place: `callbacks[2].state.best`. */
  readonly item: string;
  readonly a: PlainValue | undefined;
  readonly b: PlainValue | undefined;
}

/**
 * Finds each leaf in which two states differ. Typed arrays and captures are compared by kind, length and
 * names; their values are tensors.
 */
export function findStateDifferences(a: StateRecord, b: StateRecord): StateDifference[] {
  const found: StateDifference[] = [];
  compare(a, b, '', found);
  return found;
}

function compare(
  a: StateValue | undefined,
  b: StateValue | undefined,
  item: string,
  found: StateDifference[],
): void {
  if (isTree(a) && isTree(b) && Array.isArray(a) === Array.isArray(b)) {
    const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
    for (const key of keys) compare(getValue(a, key), getValue(b, key), formatItem(item, key, a), found);
  } else if (!isSameLeaf(a, b)) {
    found.push({
      item,
      a: a === undefined ? undefined : toPlainValue(a),
      b: b === undefined ? undefined : toPlainValue(b),
    });
  }
}

function isSameLeaf(a: StateValue | undefined, b: StateValue | undefined): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return Object.is(a, b);
  if (ArrayBuffer.isView(a) && ArrayBuffer.isView(b))
    return a.constructor === b.constructor && a.byteLength === b.byteLength;
  return isCapture(a) && isCapture(b) && JSON.stringify(getNames(a)) === JSON.stringify(getNames(b));
}

function getNames({ entries }: Capture): string[] {
  return entries.map(({ name }) => name);
}

type Tree = readonly StateValue[] | StateRecord;

function isTree(value: StateValue | undefined): value is Tree {
  return typeof value === 'object' && value !== null && !ArrayBuffer.isView(value) && !isCapture(value);
}

function getValue(tree: Tree, key: string): StateValue | undefined {
  return Object.hasOwn(tree, key) ? (tree as StateRecord)[key] : undefined;
}

function formatItem(item: string, key: string, parent: Tree): string {
  if (Array.isArray(parent)) return `${item}[${key}]`;
  if (!/^[A-Za-z_$][\w$]*$/.test(key)) return `${item}[${JSON.stringify(key)}]`;
  return item === '' ? key : `${item}.${key}`;
}

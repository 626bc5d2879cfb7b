import type { Capture, StateRecord, StateValue } from '@keepfit/callbacks/checkpoint';
import { isCapture, type PlainValue, plainState } from './plain-state.js';

/** One value of the state in which two checkpoints differ; undefined where only the other has it. */
export interface StateDifference {
  /** Its place: `callbacks[2].state.best`. */
  readonly item: string;
  readonly a: PlainValue | undefined;
  readonly b: PlainValue | undefined;
}

/** Each leaf in which two states differ. Of typed arrays and captures kind, length and names are compared: their values are tensors. */
export function stateDifferences(a: StateRecord, b: StateRecord): StateDifference[] {
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
    for (const key of keys) compare(valueAt(a, key), valueAt(b, key), placeOf(item, key, a), found);
  } else if (!isSameLeaf(a, b)) {
    found.push({
      item,
      a: a === undefined ? undefined : plainState(a),
      b: b === undefined ? undefined : plainState(b),
    });
  }
}

function isSameLeaf(a: StateValue | undefined, b: StateValue | undefined): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return Object.is(a, b);
  if (ArrayBuffer.isView(a) && ArrayBuffer.isView(b))
    return a.constructor === b.constructor && a.byteLength === b.byteLength;
  return isCapture(a) && isCapture(b) && JSON.stringify(namesIn(a)) === JSON.stringify(namesIn(b));
}

function namesIn({ entries }: Capture): string[] {
  return entries.map(({ name }) => name);
}

type Tree = readonly StateValue[] | StateRecord;

function isTree(value: StateValue | undefined): value is Tree {
  return typeof value === 'object' && value !== null && !ArrayBuffer.isView(value) && !isCapture(value);
}

function valueAt(tree: Tree, key: string): StateValue | undefined {
  return Object.hasOwn(tree, key) ? (tree as StateRecord)[key] : undefined;
}

function placeOf(item: string, key: string, parent: Tree): string {
  if (Array.isArray(parent)) return `${item}[${key}]`;
  if (!/^[A-Za-z_$][\w$]*$/.test(key)) return `${item}[${JSON.stringify(key)}]`;
  return item === '' ? key : `${item}.${key}`;
}

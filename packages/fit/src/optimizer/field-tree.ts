import type { StateArray, StateValue } from '@keepfit/callbacks';
import { isStableKey, isStableText, type StableKey, type StableText } from './weight-names.js';

/**
 * The state in a field of an optimizer, as checkpoints keep it. Tensors are named; the file has them beside
 * the tree. An empty node is what is left alone, such as a function.
 */
export type FieldNode =
  | { readonly value: number | boolean | null | StateArray }
  /** There is no state yet. */
  | { readonly none: true }
  | { readonly text: StableText }
  | { readonly bigint: string }
  /** A weight of the model, by the model's own name. */
  | { readonly weight: string }
  | { readonly variable: string; readonly trainable: boolean }
  | { readonly tensor: string }
  | { readonly list: readonly FieldNode[] }
  | { readonly set: readonly FieldNode[] }
  | { readonly record: FieldEntries }
  | { readonly map: FieldEntries }
  /** An instance of a class, which the fresh optimizer has too. */
  | { readonly object: FieldEntries }
  | { readonly [key: string]: never };

export type FieldEntries = readonly (readonly [key: StableKey, node: FieldNode])[];

/** Deeper fields are not walked: nobody keeps state there. */
export const MAX_DEPTH = 16;

/** Whether a value, which was read from a checkpoint, is a tree whose tensors are all there. */
export function isFieldNode(
  value: StateValue | undefined,
  hasTensor: (name: string) => boolean,
  depth = 0,
): value is FieldNode & StateValue {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return false;
  const entries = Object.entries(value);
  const [only] = entries;
  if (only === undefined) return !Array.isArray(value);
  const [kind, content] = only as [string, StateValue];
  if (kind === 'variable')
    return entries.length === 2 && 'trainable' in value && typeof content === 'string' && hasTensor(content);
  if (entries.length !== 1) return false;
  switch (kind) {
    case 'value':
      return (
        content === null ||
        ArrayBuffer.isView(content) ||
        typeof content === 'number' ||
        typeof content === 'boolean'
      );
    case 'none':
      return content === true;
    case 'text':
      return isStableText(content);
    case 'tensor':
      return typeof content === 'string' && hasTensor(content);
    case 'bigint':
      return typeof content === 'string' && /^-?\d+$/.test(content);
    case 'weight':
      return typeof content === 'string';
    case 'list':
    case 'set':
      return isListOf(content, (item) => isFieldNode(item, hasTensor, depth + 1));
    case 'record':
    case 'map':
    case 'object':
      return isListOf(content, (entry) => isEntry(entry, hasTensor, depth));
    default:
      return false;
  }
}

function isEntry(value: StateValue, hasTensor: (name: string) => boolean, depth: number): boolean {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [key, node] = value as [StateValue, StateValue];
  return key !== '__proto__' && isStableKey(key) && isFieldNode(node, hasTensor, depth + 1);
}

function isListOf(value: StateValue, isItem: (item: StateValue) => boolean): boolean {
  return Array.isArray(value) && value.every(isItem);
}

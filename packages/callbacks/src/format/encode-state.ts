import { formatValue } from '../checks/format-value.js';
import { KeepfitError } from '../contract/keepfit-error.js';
import type { Capture, CaptureEntry, StateArray, StateRecord } from '../contract/state.js';
import { ARRAY_TYPES, type ArrayTypeName } from './checkpoint-layout.js';
import { DEFAULT_LIMITS } from './checkpoint-limits.js';
import { isCaptureEntry } from './is-capture-entry.js';
import { shownPath, tensorNameAt } from './state-path.js';

/** A state as a file holds it. */
export interface EncodedState {
  readonly json: string;
  /** The state's typed arrays and captured tensors, named after their place. */
  readonly entries: readonly CaptureEntry[];
}

interface Encoding {
  readonly json: string[];
  readonly entries: CaptureEntry[];
  /** The place of the value at hand. */
  readonly path: (string | number)[];
  /** The objects and arrays around the value at hand. */
  readonly around: Set<object>;
  values: number;
}

/**
 * Writes a state as JSON and tensors. What the state holds is read now, typed arrays copied; captured tensors are read later.
 *
 * @throws KEEPFIT_INVALID_STATE for what a checkpoint cannot keep exactly, naming its place: `state.callbacks[2].x`.
 */
export function encodeState(state: StateRecord): EncodedState {
  const encoding: Encoding = { json: [], entries: [], path: [], around: new Set(), values: 0 };
  if (!isPlainObject(state) || isCapture(state)) refuse(encoding, state, 'a state is a plain object');
  encodeValue(encoding, state);
  return { json: encoding.json.join(''), entries: encoding.entries };
}

function encodeValue(encoding: Encoding, value: unknown): void {
  const { json } = encoding;
  if (++encoding.values > DEFAULT_LIMITS.maxValues)
    refuse(encoding, value, `a state holds at most ${DEFAULT_LIMITS.maxValues} values`);
  if (typeof value === 'number') json.push(numberText(value));
  else if (typeof value === 'string') json.push(JSON.stringify(value));
  else if (value === null || typeof value === 'boolean') json.push(String(value));
  else if (typeof value === 'object') encodeObject(encoding, value);
  else refuse(encoding, value);
}

function encodeObject(encoding: Encoding, value: object): void {
  if (ArrayBuffer.isView(value)) encodeTypedArray(encoding, value);
  else if (isCapture(value)) encodeCapture(encoding, value);
  else if (Array.isArray(value)) within(encoding, value, () => encodeItems(encoding, value));
  else if (isPlainObject(value)) within(encoding, value, () => encodeMembers(encoding, value));
  else refuse(encoding, value);
}

function encodeItems(encoding: Encoding, items: readonly unknown[]): void {
  const { json, path } = encoding;
  if (Object.getPrototypeOf(items) !== Array.prototype)
    refuse(encoding, items, 'it is of a subclass of Array');
  json.push('[');
  // By index, so that a hole is met as undefined.
  for (let index = 0; index < items.length; index++) {
    if (index > 0) json.push(',');
    path.push(index);
    encodeValue(encoding, items[index]);
    path.pop();
  }
  json.push(']');
}

function encodeMembers(encoding: Encoding, members: Readonly<Record<string, unknown>>): void {
  const { json, path } = encoding;
  if (Object.getOwnPropertySymbols(members).length > 0) refuse(encoding, members, 'it has a symbol as a key');
  json.push('{');
  let isFirst = true;
  for (const key of Object.keys(members)) {
    path.push(key);
    if (key === '__proto__') refuse(encoding, members[key], 'no key may be named "__proto__"');
    json.push(isFirst ? '' : ',', JSON.stringify(key.startsWith('$') ? `$${key}` : key), ':');
    encodeValue(encoding, members[key]);
    path.pop();
    isFirst = false;
  }
  json.push('}');
}

function encodeTypedArray(encoding: Encoding, value: ArrayBufferView): void {
  const type = Object.prototype.toString.call(value).slice('[object '.length, -1);
  // Each class of typed arrays has this on its own prototype; a subclass, such as Buffer, inherits it.
  const isProper = Object.hasOwn(Object.getPrototypeOf(value) as object, 'BYTES_PER_ELEMENT');
  if (!isProper || !Object.hasOwn(ARRAY_TYPES, type)) refuse(encoding, value);
  const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice();
  encoding.json.push(`{"$array":"${type}"}`);
  encoding.entries.push({
    name: tensorNameAt(encoding.path),
    dtype: ARRAY_TYPES[type as ArrayTypeName],
    shape: [(value as StateArray).length],
    read: () => Promise.resolve(bytes),
  });
}

function encodeCapture(encoding: Encoding, capture: Capture): void {
  const prefix = tensorNameAt(encoding.path);
  for (const [index, entry] of capture.entries.entries()) {
    if (!isCaptureEntry(entry))
      refuse(encoding, entry, `entries[${index}] of this capture has no name, or no read function`);
    const { dtype, shape } = entry;
    encoding.entries.push({ name: `${prefix}/${entry.name}`, dtype, shape, read: () => entry.read() });
  }
  encoding.json.push(`{"$capture":${JSON.stringify(capture.entries.map(({ name }) => name))}}`);
}

/** Encodes what an object or array holds, unless it holds itself or lies too deep. */
function within(encoding: Encoding, container: object, encode: () => void): void {
  const { around } = encoding;
  if (around.has(container)) refuse(encoding, container, 'it holds itself');
  if (around.size >= DEFAULT_LIMITS.maxDepth) {
    refuse(encoding, container, `a state is at most ${DEFAULT_LIMITS.maxDepth} objects and arrays deep`);
  }
  around.add(container);
  encode();
  around.delete(container);
}

function numberText(value: number): string {
  return Number.isFinite(value) && !Object.is(value, -0)
    ? String(value)
    : `{"$number":"${Object.is(value, -0) ? '-0' : value}"}`;
}

function isCapture(value: object): value is Capture {
  const { entries, dispose } = value as Partial<Capture>;
  return Array.isArray(entries) && typeof dispose === 'function';
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function refuse(encoding: Encoding, value: unknown, reason?: string): never {
  const place = shownPath(encoding.path);
  throw new KeepfitError(
    'KEEPFIT_INVALID_STATE',
    reason === undefined
      ? `${place} is ${formatValue(value)}, which a checkpoint cannot keep; a state holds JSON values, NaN, Infinity, typed arrays and captures`
      : `${place} cannot be kept in a checkpoint: ${reason}`,
  );
}

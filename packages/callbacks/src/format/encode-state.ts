import { formatValue } from '../checks/format-value.js';
import { KeepfitError } from '../contract/keepfit-error.js';
import type { Capture, CaptureEntry, StateArray, StateRecord } from '../contract/state.js';
import { ARRAY_TYPES, type ArrayTypeName } from './checkpoint-layout.js';
import { DEFAULT_LIMITS } from './checkpoint-limits.js';
import { isCaptureEntry } from './item-types.js';
import { formatPath, getTensorName } from './state-path.js';
import { StateSize } from './state-size.js';

/** An encoded state. */
export interface EncodedState {
  readonly json: string;
  /** The state's typed arrays and captured tensors, named after their place. */
  readonly entries: readonly CaptureEntry[];
}

interface Encoding {
  readonly json: string[];
  readonly entries: CaptureEntry[];
  /** The path of the current value. */
  readonly path: (string | number)[];
  /** The objects and arrays around the current value. */
  readonly around: Set<object>;
  readonly size: StateSize;
  values: number;
}

/**
 * Writes a state as JSON and tensors. Reads the state now and copies typed arrays; captured tensors are read
 * later.
 *
 * @throws KEEPFIT_INVALID_STATE when a checkpoint cannot keep a value exactly; the message has its path:
 *   `state.callbacks[2].x`.
 */
export function encodeState(state: StateRecord): EncodedState {
  const encoding: Encoding = {
    json: [],
    entries: [],
    path: [],
    around: new Set(),
    size: new StateSize(),
    values: 0,
  };
  if (!isPlainObject(state) || isCapture(state)) refuse(encoding, state, 'a state must be a plain object');
  encodeValue(encoding, state);
  return { json: encoding.json.join(''), entries: encoding.entries };
}

function encodeValue(encoding: Encoding, value: unknown): void {
  const { json } = encoding;
  if (++encoding.values > DEFAULT_LIMITS.maxValues)
    refuse(encoding, value, `a state holds at most ${DEFAULT_LIMITS.maxValues} values`);
  if (value === null || typeof value !== 'object')
    checkSize(encoding, encoding.size.add(typeof value === 'string' ? 'string' : 'number'));
  if (typeof value === 'number') json.push(formatNumber(value));
  else if (typeof value === 'string') json.push(JSON.stringify(value));
  else if (value === null || typeof value === 'boolean') json.push(String(value));
  else if (typeof value === 'object') encodeObject(encoding, value);
  else refuse(encoding, value);
}

function encodeObject(encoding: Encoding, value: object): void {
  if (ArrayBuffer.isView(value)) encodeTypedArray(encoding, value);
  else if (isCapture(value)) encodeCapture(encoding, value);
  else if (Array.isArray(value)) encodeWithin(encoding, value, () => encodeItems(encoding, value));
  else if (isPlainObject(value)) encodeWithin(encoding, value, () => encodeMembers(encoding, value));
  else refuse(encoding, value);
}

function encodeItems(encoding: Encoding, items: readonly unknown[]): void {
  const { json, path } = encoding;
  if (Object.getPrototypeOf(items) !== Array.prototype)
    refuse(encoding, items, 'it is an instance of a subclass of Array');
  checkSize(encoding, encoding.size.add('array'));
  json.push('[');
  // By index, so that a hole is read as undefined.
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
  checkSize(encoding, encoding.size.add('object'));
  json.push('{');
  let isFirst = true;
  for (const key of Object.keys(members)) {
    path.push(key);
    if (key === '__proto__') refuse(encoding, members[key], 'no key may be named "__proto__"');
    checkSize(encoding, encoding.size.addKey(key));
    json.push(isFirst ? '' : ',', JSON.stringify(key.startsWith('$') ? `$${key}` : key), ':');
    encodeValue(encoding, members[key]);
    path.pop();
    isFirst = false;
  }
  json.push('}');
}

function encodeTypedArray(encoding: Encoding, value: ArrayBufferView): void {
  const type = Object.prototype.toString.call(value).slice('[object '.length, -1);
  // Each class of typed arrays has this on its prototype; a subclass, such as Buffer, inherits it.
  const isProper = Object.hasOwn(Object.getPrototypeOf(value) as object, 'BYTES_PER_ELEMENT');
  if (!isProper || !Object.hasOwn(ARRAY_TYPES, type)) refuse(encoding, value);
  const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice();
  encoding.json.push(`{"$array":"${type}"}`);
  encoding.entries.push({
    name: getTensorName(encoding.path),
    dtype: ARRAY_TYPES[type as ArrayTypeName],
    shape: [(value as StateArray).length],
    read: () => Promise.resolve(bytes),
  });
}

function encodeCapture(encoding: Encoding, capture: Capture): void {
  checkSize(encoding, encoding.size.add('capture'));
  const prefix = getTensorName(encoding.path);
  for (const [index, entry] of capture.entries.entries()) {
    if (!isCaptureEntry(entry))
      refuse(encoding, entry, `entries[${index}] of this capture has no name, or no read function`);
    const { dtype, shape } = entry;
    encoding.entries.push({ name: `${prefix}/${entry.name}`, dtype, shape, read: () => entry.read() });
  }
  encoding.json.push(`{"$capture":${JSON.stringify(capture.entries.map(({ name }) => name))}}`);
}

/** Encodes the content of an object or array, unless it is circular or nested too deeply. */
function encodeWithin(encoding: Encoding, container: object, encode: () => void): void {
  const { around } = encoding;
  if (around.has(container)) refuse(encoding, container, 'it is circular');
  if (around.size >= DEFAULT_LIMITS.maxDepth) {
    refuse(encoding, container, `a state is at most ${DEFAULT_LIMITS.maxDepth} objects and arrays deep`);
  }
  around.add(container);
  encode();
  around.delete(container);
}

function checkSize(encoding: Encoding, bytes: number): void {
  const limit = DEFAULT_LIMITS.maxStateBytes;
  if (bytes > limit)
    refuse(
      encoding,
      undefined,
      `the values of a state take at most ${limit} bytes of memory; keep many numbers in typed arrays`,
    );
}

function formatNumber(value: number): string {
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
  const place = formatPath(encoding.path);
  throw new KeepfitError(
    'KEEPFIT_INVALID_STATE',
    reason === undefined
      ? `${place} is ${formatValue(value)}, which a checkpoint cannot keep; a state holds JSON values, NaN, Infinity, typed arrays and captures`
      : `${place} cannot be kept in a checkpoint: ${reason}`,
  );
}

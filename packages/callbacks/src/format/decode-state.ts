import { formatValue } from '../checks/format-value.js';
import type {
  Capture,
  CaptureEntry,
  SavedTensor,
  StateArray,
  StateRecord,
  StateValue,
} from '../contract/state.js';
import { ARRAY_TYPES, type ArrayTypeName } from './checkpoint-layout.js';
import type { CheckpointLimits } from './checkpoint-limits.js';
import type { JsonReader } from './json-reader.js';
import { formatPath, getTensorName } from './state-path.js';
import { StateSize } from './state-size.js';

interface Decoding {
  readonly reader: JsonReader;
  readonly tensors: Map<string, SavedTensor>;
  readonly limits: Required<CheckpointLimits>;
  /** The path of the current value. */
  readonly path: (string | number)[];
  readonly size: StateSize;
  values: number;
}

/**
 * Reads a state that `encodeState` wrote, from the position of `reader`. Moves the tensors of the state's
 * arrays and captures out of `tensors`. Arrays are copies, so that they neither keep the whole file in memory
 * nor write into it; captures read from the file.
 */
export function decodeState(
  reader: JsonReader,
  tensors: Map<string, SavedTensor>,
  limits: Required<CheckpointLimits>,
): StateRecord {
  const decoding: Decoding = { reader, tensors, limits, path: [], size: new StateSize(), values: 0 };
  if (reader.peek() !== '{') reader.fail('the state is not an object');
  return decodeValue(decoding) as StateRecord;
}

function decodeValue(decoding: Decoding): StateValue {
  const { reader, limits } = decoding;
  if (++decoding.values > limits.maxValues)
    reader.fail(`the state holds more values than the limit of ${limits.maxValues}`);
  const first = reader.peek();
  if (first !== '{' && first !== '[')
    checkSize(decoding, decoding.size.add(first === '"' ? 'string' : 'number'));
  switch (first) {
    case '{':
      return decodeObject(decoding);
    case '[':
      return decodeArray(decoding);
    case '"':
      return reader.readString();
    case 't':
      return reader.readKeyword('true', true);
    case 'f':
      return reader.readKeyword('false', false);
    case 'n':
      return reader.readKeyword('null', null);
    default:
      return reader.readNumber();
  }
}

function decodeAt(decoding: Decoding, step: string | number): StateValue {
  decoding.path.push(step);
  const value = decodeValue(decoding);
  decoding.path.pop();
  return value;
}

function decodeArray(decoding: Decoding): StateValue[] {
  checkDepth(decoding);
  checkSize(decoding, decoding.size.add('array'));
  const items: StateValue[] = [];
  decoding.reader.readArray((index) => items.push(decodeAt(decoding, index)));
  // An array that grows has room for 17 items from the first on.
  return items.length < 17 ? items.slice() : items;
}

function decodeObject(decoding: Decoding): StateValue {
  const { reader } = decoding;
  const members = new Map<string, StateValue>();
  let special: StateValue | undefined;
  reader.readMembers((key) => {
    if (special !== undefined) fail(decoding, 'a placeholder has a second key');
    if (key.startsWith('$') && !key.startsWith('$$')) {
      if (members.size > 0) fail(decoding, `the placeholder ${formatValue(key)} is not the only key`);
      special = decodeSpecial(decoding, key);
      return;
    }
    // A placeholder is a value, not a level.
    checkDepth(decoding);
    if (members.size === 0) checkSize(decoding, decoding.size.add('object'));
    if (key === '__proto__') fail(decoding, 'it has a key named "__proto__"');
    const name = key.startsWith('$$') ? key.slice(1) : key;
    if (members.has(name)) reader.failDuplicate(key);
    checkSize(decoding, decoding.size.addKey(name));
    members.set(name, decodeAt(decoding, name));
  });
  if (special !== undefined) return special;
  if (members.size === 0) checkSize(decoding, decoding.size.add('object'));
  // Object.fromEntries defines members and never assigns, so that nothing reaches a prototype.
  return Object.fromEntries(members);
}

function decodeSpecial(decoding: Decoding, key: string): StateValue {
  if (decoding.path.length === 0) fail(decoding, 'it is a placeholder, not an object');
  if (key === '$number') return decodeNumber(decoding);
  if (key === '$array') return decodeTypedArray(decoding);
  if (key === '$capture') return decodeCapture(decoding);
  return fail(decoding, `there is no placeholder ${formatValue(key)}`);
}

function decodeNumber(decoding: Decoding): number {
  checkSize(decoding, decoding.size.add('number'));
  const text = decoding.reader.readString();
  switch (text) {
    case 'NaN':
      return NaN;
    case 'Infinity':
      return Infinity;
    case '-Infinity':
      return -Infinity;
    case '-0':
      return -0;
    default:
      return fail(decoding, `there is no special number ${formatValue(text)}`);
  }
}

function decodeTypedArray(decoding: Decoding): StateArray {
  const type = decoding.reader.readString();
  if (!Object.hasOwn(ARRAY_TYPES, type)) fail(decoding, `there is no typed array ${formatValue(type)}`);
  const name = getTensorName(decoding.path);
  const { dtype, shape, bytes } = takeTensor(decoding, name);
  if (dtype !== ARRAY_TYPES[type as ArrayTypeName] || shape.length !== 1) {
    fail(
      decoding,
      `tensor ${formatValue(name)} is ${dtype} of shape [${shape.join(', ')}] and cannot be a ${type}`,
    );
  }
  return createTypedArray(type as ArrayTypeName, bytes.slice().buffer);
}

function createTypedArray(type: ArrayTypeName, buffer: ArrayBuffer): StateArray {
  switch (type) {
    case 'Float64Array':
      return new Float64Array(buffer);
    case 'Float32Array':
      return new Float32Array(buffer);
    case 'Int32Array':
      return new Int32Array(buffer);
    case 'Uint32Array':
      return new Uint32Array(buffer);
    case 'Int16Array':
      return new Int16Array(buffer);
    case 'Uint16Array':
      return new Uint16Array(buffer);
    case 'Int8Array':
      return new Int8Array(buffer);
    case 'Uint8Array':
      return new Uint8Array(buffer);
    case 'Uint8ClampedArray':
      return new Uint8ClampedArray(buffer);
  }
}

function decodeCapture(decoding: Decoding): Capture {
  checkSize(decoding, decoding.size.add('capture'));
  const prefix = getTensorName(decoding.path);
  const entries: CaptureEntry[] = [];
  decoding.reader.readArray(() => {
    const name = decoding.reader.readString();
    const { dtype, shape, bytes } = takeTensor(decoding, `${prefix}/${name}`);
    entries.push({ name, dtype, shape, read: () => Promise.resolve(bytes) });
  });
  return createSavedCapture(entries);
}

/** Creates a capture whose values are in the file's bytes: there is nothing to release. */
function createSavedCapture(entries: readonly CaptureEntry[]): Capture {
  return { entries, clone: () => createSavedCapture(entries), dispose: () => undefined };
}

function takeTensor(decoding: Decoding, name: string): SavedTensor {
  const tensor = decoding.tensors.get(name) ?? fail(decoding, `its tensor ${formatValue(name)} is missing`);
  decoding.tensors.delete(name);
  return tensor;
}

/** Stops at the limit, before the value is built. */
function checkSize({ reader, limits }: Decoding, bytes: number): void {
  if (bytes > limits.maxStateBytes)
    reader.fail(`the values of the state take more memory than the limit of ${limits.maxStateBytes} bytes`);
}

function checkDepth(decoding: Decoding): void {
  const { maxDepth } = decoding.limits;
  if (decoding.path.length >= maxDepth)
    fail(decoding, `objects and arrays are nested deeper than the limit of ${maxDepth}`);
}

function fail(decoding: Decoding, problem: string): never {
  return decoding.reader.fail(`${formatPath(decoding.path)}: ${problem}`);
}

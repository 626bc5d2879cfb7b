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
import { shownPath, tensorNameAt } from './state-path.js';

interface Decoding {
  readonly reader: JsonReader;
  readonly tensors: Map<string, SavedTensor>;
  readonly limits: Required<CheckpointLimits>;
  /** The place of the value at hand. */
  readonly path: (string | number)[];
  values: number;
}

/**
 * Reads what `encodeState` wrote, from where `reader` stands. Moves the tensors of the state's arrays and captures out of `tensors`.
 * Arrays get memory of their own, so that they neither keep the whole file alive nor write into it; captures read from the file.
 */
export function decodeState(
  reader: JsonReader,
  tensors: Map<string, SavedTensor>,
  limits: Required<CheckpointLimits>,
): StateRecord {
  const decoding: Decoding = { reader, tensors, limits, path: [], values: 0 };
  if (reader.peek() !== '{') reader.fail('the state is not an object');
  return decodeValue(decoding) as StateRecord;
}

function decodeValue(decoding: Decoding): StateValue {
  const { reader, limits } = decoding;
  if (++decoding.values > limits.maxValues)
    reader.fail(`the state holds more values than the limit of ${limits.maxValues}`);
  switch (reader.peek()) {
    case '{':
      return decodeObject(decoding);
    case '[':
      return decodeArray(decoding);
    case '"':
      return reader.string();
    case 't':
      return reader.keyword('true', true);
    case 'f':
      return reader.keyword('false', false);
    case 'n':
      return reader.keyword('null', null);
    default:
      return reader.number();
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
  const items: StateValue[] = [];
  decoding.reader.array((index) => items.push(decodeAt(decoding, index)));
  return items;
}

function decodeObject(decoding: Decoding): StateValue {
  const { reader } = decoding;
  const members = new Map<string, StateValue>();
  let special: StateValue | undefined;
  reader.object((key) => {
    if (special !== undefined) fail(decoding, 'a placeholder has a second key');
    if (key.startsWith('$') && !key.startsWith('$$')) {
      if (members.size > 0) fail(decoding, `the placeholder ${formatValue(key)} does not stand alone`);
      special = decodeSpecial(decoding, key);
      return;
    }
    // A placeholder is a value, not a level.
    checkDepth(decoding);
    if (key === '__proto__') fail(decoding, 'it has a key named "__proto__"');
    const name = key.startsWith('$$') ? key.slice(1) : key;
    members.set(name, decodeAt(decoding, name));
  });
  // Object.fromEntries defines members and never assigns, so nothing reaches a prototype.
  return special ?? Object.fromEntries(members);
}

function decodeSpecial(decoding: Decoding, key: string): StateValue {
  if (decoding.path.length === 0) fail(decoding, 'it is a placeholder, not an object');
  if (key === '$number') return decodeNumber(decoding);
  if (key === '$array') return decodeTypedArray(decoding);
  if (key === '$capture') return decodeCapture(decoding);
  return fail(decoding, `there is no placeholder ${formatValue(key)}`);
}

function decodeNumber(decoding: Decoding): number {
  const text = decoding.reader.string();
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
  const type = decoding.reader.string();
  if (!Object.hasOwn(ARRAY_TYPES, type)) fail(decoding, `there is no typed array ${formatValue(type)}`);
  const name = tensorNameAt(decoding.path);
  const { dtype, shape, bytes } = takeTensor(decoding, name);
  if (dtype !== ARRAY_TYPES[type as ArrayTypeName] || shape.length !== 1) {
    fail(
      decoding,
      `tensor ${formatValue(name)} is ${dtype} of shape [${shape.join(', ')}] and cannot be a ${type}`,
    );
  }
  return typedArray(type as ArrayTypeName, bytes.slice().buffer);
}

function typedArray(type: ArrayTypeName, buffer: ArrayBuffer): StateArray {
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
  const prefix = tensorNameAt(decoding.path);
  const entries: CaptureEntry[] = [];
  decoding.reader.array(() => {
    const name = decoding.reader.string();
    const { dtype, shape, bytes } = takeTensor(decoding, `${prefix}/${name}`);
    entries.push({ name, dtype, shape, read: () => Promise.resolve(bytes) });
  });
  return savedCapture(entries);
}

/** A capture whose values lie in the file's bytes: there is nothing to release. */
function savedCapture(entries: readonly CaptureEntry[]): Capture {
  return { entries, clone: () => savedCapture(entries), dispose: () => undefined };
}

function takeTensor(decoding: Decoding, name: string): SavedTensor {
  const tensor = decoding.tensors.get(name) ?? fail(decoding, `its tensor ${formatValue(name)} is missing`);
  decoding.tensors.delete(name);
  return tensor;
}

function checkDepth(decoding: Decoding): void {
  const { maxDepth } = decoding.limits;
  if (decoding.path.length >= maxDepth)
    fail(decoding, `objects and arrays stand deeper in one another than the limit of ${maxDepth}`);
}

function fail(decoding: Decoding, problem: string): never {
  return decoding.reader.fail(`${shownPath(decoding.path)}: ${problem}`);
}

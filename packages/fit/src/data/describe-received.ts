import { formatValue } from '@keepfit/callbacks/internal';

/** The forms that the data of one input or output may have, for messages. */
export const WANTED = 'a tensor, { data: typed array, shape }, or nested arrays of numbers';

/** Says what was given in place of data, and how to fix it: the end of a message that begins with its name. */
export function describeReceived(value: unknown): string {
  const known = typeof value === 'object' && value !== null ? describeObject(value) : undefined;
  return known ?? `must be ${WANTED}, or several of these, not ${formatReceived(value)}${getAdvice(value)}`;
}

/** Says of a value within nested arrays, in the place of a number or a row, what it is, and how to fix it. */
export function describeItem(value: unknown): string {
  if (isThenable(value)) return 'is a promise; await it';
  const advice =
    value === undefined || value === null
      ? '; give a number in its place, or leave out the sample'
      : getAdvice(value);
  return `is ${formatReceived(value)}${advice}`;
}

/** A value that is no number, by its kind if it is an object: `a Date`, `an ArrayBuffer`, `a list of 2`. */
export function formatReceived(value: unknown): string {
  if (typeof value !== 'object' || value === null) return formatValue(value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  const kind = getKind(value);
  return kind === 'Object' ? formatValue(value) : `${/^[AEIOU]/.test(kind) ? 'an' : 'a'} ${kind}`;
}

const BYTES = ['ArrayBuffer', 'SharedArrayBuffer', 'DataView'];
const PICTURE = /^(HTML(Image|Canvas|Video)|Image|OffscreenCanvas|VideoFrame)/;

function describeObject(value: object): string | undefined {
  const [kind, received] = [getKind(value), formatReceived(value)];
  if (isThenable(value)) return 'is a promise; await it';
  if (BYTES.includes(kind))
    return `is ${received}, bytes without a type; give { data, shape } with a typed array, such as new Float32Array(buffer)`;
  if (kind.startsWith('Big'))
    return `is ${received}; convert it to numbers: { data: Float32Array.from(values, Number), shape }`;
  if (ArrayBuffer.isView(value)) return `is ${received} without a shape; give it as { data, shape }`;
  if (kind === 'Map' || kind === 'Set')
    return `is ${received}, not data; give a record by name, or its values as nested arrays`;
  if (kind.endsWith('Generator'))
    return `is ${kind === 'Generator' ? 'a generator' : 'an async generator'}, not data; for batches give a function that returns a new one for each pass`;
  if (isIterable(value))
    return 'is an iterable, not data; for batches give a function that returns a new iterable for each pass';
  if ('toTensor' in value) return `is ${received}; call its toTensor()`;
  if ('sourceLayer' in value) return 'is a symbolic tensor of a model, which has no values; give the data';
  if (PICTURE.test(kind)) return `is ${received}; read its pixels with tf.browser.fromPixels(…)`;
  return undefined;
}

function getAdvice(value: unknown): string {
  if (typeof value === 'string') return '; convert text to numbers';
  if (typeof value === 'bigint' || getKind(value).startsWith('Big')) return '; convert it with Number';
  if (BYTES.includes(getKind(value))) return '; give a typed array of it, such as new Float32Array(buffer)';
  if (getKind(value) === 'Date') return '; give numbers, such as its getTime() in days';
  if (typeof value === 'object' && value !== null && 'dataId' in value)
    return '; join tensors with tf.stack or tf.concat';
  return '';
}

/** The name of the value's class, also if it comes from another realm. */
function getKind(value: unknown): string {
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  if (tag !== 'Object') return tag;
  const { constructor } = value as { constructor?: { name?: unknown } };
  return typeof constructor?.name === 'string' && constructor.name !== '' ? constructor.name : tag;
}

function isThenable(value: unknown): boolean {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}

function isIterable(value: object): boolean {
  if (Array.isArray(value)) return false;
  const { next } = value as { next?: unknown };
  return Symbol.iterator in value || Symbol.asyncIterator in value || typeof next === 'function';
}

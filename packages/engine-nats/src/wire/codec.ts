// Plain values as bytes, in Node and in pages:
//   4 bytes   the length N of the JSON, little-endian
//   N bytes   JSON, padded to a multiple of 8; {"$": …} stands for a value that JSON does not have
//   the rest  typed arrays, each at a multiple of 8

/** The numbers that JSON does not have, by their names. */
const NUMBERS: Readonly<Record<string, number>> = { NaN, Infinity, '-Infinity': -Infinity, '-0': -0 };

const ARRAYS = {
  Float64Array,
  Float32Array,
  Int32Array,
  Uint32Array,
  Int16Array,
  Uint16Array,
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
};

type ArrayName = keyof typeof ARRAYS;

const ALIGNMENT = 8;

/** Encodes null, booleans, numbers, texts, `undefined`, typed arrays, and lists and records of them. */
export function encodeValue(value: unknown): Uint8Array<ArrayBuffer> {
  const arrays: { readonly at: number; readonly bytes: Uint8Array }[] = [];
  let end = 0;
  const json = JSON.stringify(value, (_, item: unknown) => {
    if (ArrayBuffer.isView(item)) {
      const at = end;
      const bytes = new Uint8Array(item.buffer, item.byteOffset, item.byteLength);
      arrays.push({ at, bytes });
      end = align(at + bytes.length);
      return { $: Object.prototype.toString.call(item).slice('[object '.length, -1), at, size: bytes.length };
    }
    if (item === undefined) return { $: 'undefined' };
    if (typeof item === 'number' && (!Number.isFinite(item) || Object.is(item, -0)))
      return { $: Object.is(item, -0) ? '-0' : String(item) };
    return isRecord(item) && '$' in item ? { $: 'record', members: Object.entries(item) } : item;
  });
  const head = new TextEncoder().encode(json);
  const start = align(4 + head.length);
  const encoded = new Uint8Array(start + end);
  new DataView(encoded.buffer).setUint32(0, head.length, true);
  encoded.set(head, 4);
  for (const { at, bytes } of arrays) encoded.set(bytes, start + at);
  return encoded;
}

/**
 * Decodes what `encodeValue` wrote. Its typed arrays are views of the same memory.
 *
 * @throws SyntaxError, RangeError or TypeError when these are no such bytes.
 */
export function decodeValue(bytes: Uint8Array<ArrayBuffer>): unknown {
  const { buffer, byteOffset, byteLength } = bytes;
  if (byteOffset % ALIGNMENT > 0) return decodeValue(bytes.slice());
  const length = new DataView(buffer, byteOffset, byteLength).getUint32(0, true);
  const start = align(4 + length);
  if (start > byteLength) throw new RangeError('the head is longer than the bytes');
  const restore = (item: unknown): unknown => {
    if (Array.isArray(item)) return item.map(restore);
    if (!isRecord(item)) return item;
    const { $: kind, at = 0, size = 0, members = [] } = item as Placeholder;
    if (kind === undefined)
      return Object.fromEntries(Object.entries(item).map(([name, member]) => [name, restore(member)]));
    if (kind === 'undefined') return undefined;
    if (kind === 'record')
      return Object.fromEntries(members.map(([name, member]) => [name, restore(member)]));
    if (Object.hasOwn(NUMBERS, kind)) return NUMBERS[kind];
    if (!Object.hasOwn(ARRAYS, kind)) throw new TypeError(`there is no kind of value ${kind}`);
    if (start + at + size > byteLength) throw new RangeError('an array is longer than the bytes');
    const Type = ARRAYS[kind as ArrayName];
    return new Type(buffer, byteOffset + start + at, size / Type.BYTES_PER_ELEMENT);
  };
  return restore(JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length))));
}

/** What stands in the JSON for another value. */
interface Placeholder {
  readonly $?: string;
  /** The offset of an array after the JSON, in bytes. */
  readonly at?: number;
  /** Its size in bytes. */
  readonly size?: number;
  readonly members?: readonly (readonly [name: string, member: unknown])[];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function align(size: number): number {
  return Math.ceil(size / ALIGNMENT) * ALIGNMENT;
}

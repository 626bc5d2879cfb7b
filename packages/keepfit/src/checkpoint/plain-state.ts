import type { Capture, StateValue } from '@keepfit/callbacks/checkpoint';

export type PlainValue =
  | null
  | boolean
  | number
  | string
  | readonly PlainValue[]
  | { readonly [key: string]: PlainValue };

/**
 * Converts a value of a checkpoint's state to plain JSON. NaN, the infinities and -0 become strings. So do
 * typed arrays and captures (`"Float32Array of 12"`, `"capture of 4 tensors"`) because the file stores their
 * contents as tensors.
 */
export function toPlainValue(value: StateValue): PlainValue {
  if (Object.is(value, -0)) return '-0';
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value)) return `${value.constructor.name} of ${value.length}`;
  if (isCapture(value)) return `capture of ${value.entries.length} tensors`;
  if (Array.isArray(value)) return (value as readonly StateValue[]).map(toPlainValue);
  return Object.fromEntries(
    Object.entries(value as Readonly<Record<string, StateValue>>).map(([key, item]) => [
      key,
      toPlainValue(item),
    ]),
  );
}

/** Whether a value is a capture. Nothing else in a state that was read has functions. */
export function isCapture(value: object): value is Capture {
  return typeof (value as Partial<Capture>).clone === 'function';
}

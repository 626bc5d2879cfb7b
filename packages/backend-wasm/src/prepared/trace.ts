import type { PlannedCall } from '@keepfit/fit/internal';

/** A call of a WebAssembly function that a kernel would make. */
export interface NotedCall {
  readonly run: (...values: number[]) => unknown;
  /** Numbers, marks of buffers, and bytes that stand for their address. */
  readonly values: readonly (number | Uint8Array)[];
}

/** A call of a plan, with what its kernel calls. */
export interface TracedCall {
  readonly call: PlannedCall;
  /** Undefined if nobody can tell the calls of the kernel. */
  readonly noted: readonly NotedCall[] | undefined;
}

/** What a plan calls. */
export interface Trace {
  readonly calls: readonly TracedCall[];
  /** The bytes of each buffer: first those of the places of the plan, then memory that one call uses. */
  readonly buffers: readonly number[];
}

/** What a marked value means. */
export interface Mark {
  readonly buffer: number;
  readonly offset: number;
  /** Whether tfjs' id of the tensor is meant, and not an address. */
  readonly isId: boolean;
}

/** The distance between two marks: larger than any address, so that a mark plus an offset stays unique. */
const DISTANCE = 2 ** 33;

const ID = 2 ** 32;

/** A number that stands for an address in a buffer. */
export function markAddress(buffer: number, offset = 0): number {
  return (buffer + 1) * DISTANCE + offset;
}

/** A number that stands for the id of the tensor in a buffer. */
export function markId(buffer: number): number {
  return markAddress(buffer, ID);
}

/** What a value means; undefined if it is an ordinary one. */
export function readMark(value: number | Uint8Array): Mark | undefined {
  if (typeof value !== 'number' || !(value >= DISTANCE && value < Infinity)) return undefined;
  const offset = value % DISTANCE;
  return { buffer: Math.floor(value / DISTANCE) - 1, offset, isId: offset === ID };
}

/** Bytes that are no checkpoint any more, and in words what was done to them. */
export interface DamagedCopy {
  readonly what: string;
  readonly bytes: Uint8Array;
}

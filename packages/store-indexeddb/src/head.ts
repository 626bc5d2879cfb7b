/** What is kept under a key, beside its pieces: these are under [key, version, 0], [key, version, 1] and so on. */
export interface Head {
  readonly version: string;
  readonly byteLength: number;
  /** How many there are. */
  readonly pieces: number;
}

/** What is used of an Emscripten module to take and give back memory. */
export interface Allocator {
  /** The address, or 0 where there is no room: as a signed number beyond 2 GB. */
  _malloc(byteLength: number): number;
  _free(address: number): void;
}

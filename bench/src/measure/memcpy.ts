import { threadTime } from './thread-time.js';

const TIMES = 10;

/** Milliseconds of work that copying so many bytes within memory takes. */
export function memcpy(byteLength: number): number {
  const [from, to] = [new Uint8Array(byteLength).fill(1), new Uint8Array(byteLength).fill(2)];
  const start = threadTime();
  for (let run = 0; run < TIMES; run++) to.set(from);
  return (threadTime() - start) / TIMES;
}

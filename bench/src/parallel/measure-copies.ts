import { sumTree, type ShardSum } from '@keepfit/fit/engine';
import { getQuantile } from '../measure/quartiles.js';

const MEGABYTES = 8;
const TIMES = 15;

/** Milliseconds for each MB of weights to add the sums of two workers, and to copy weights into shared memory. */
export function measureCopies(): { readonly add: number; readonly copy: number } {
  const length = (MEGABYTES * 1e6) / 4;
  const create = (): ShardSum => ({
    gradients: [new Float32Array(length).fill(1.5)],
    assigned: [],
    logs: [],
    outputs: [],
  });
  const [left, right] = [create(), create()];
  const source = new Float32Array(length).fill(1);
  const shared = new Float32Array(new SharedArrayBuffer(source.byteLength));
  return {
    add: timeEachMegabyte(() => sumTree([left, right], { reuse: true })),
    copy: timeEachMegabyte(() => shared.set(source)),
  };
}

function timeEachMegabyte(run: () => unknown): number {
  const times = Array.from({ length: TIMES }, () => {
    const start = performance.now();
    run();
    return (performance.now() - start) / MEGABYTES;
  });
  return getQuantile(times, 0.5);
}

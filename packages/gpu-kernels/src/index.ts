export { crossedBatches } from './crossed-batches.js';
export { deepPad } from './deep-pad.js';
export { failingReads } from './failing-reads.js';
export { maxPoolGrads } from './max-pool-grads.js';
export { setFlags } from './set-flags.js';
export { stockKernel } from './stock-kernel.js';
export { TRIGONOMETRY, trigonometry } from './trigonometry.js';

export type { FailingReads } from './failing-reads.js';
export type { GpuName } from './stock-kernel.js';
export type { PooledWindow } from './pooled-window.js';
export type { Trigonometric } from './trigonometry.js';

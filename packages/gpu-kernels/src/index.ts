export { crossedBatches } from './crossed-batches.js';
export { deepPad } from './deep-pad.js';
export { failingReads } from './failing-reads.js';
export { maxPoolGrads } from './max-pool-grads.js';
export { setFlags } from './stock.js';
export { stockKernel } from './stock.js';
export { TRIGONOMETRY, trigonometry } from './trigonometry.js';

export type { FailingReads } from './failing-reads.js';
export type { GpuName } from './stock.js';
export type { PooledWindow } from './max-pool-grads.js';
export type { Trigonometric } from './trigonometry.js';

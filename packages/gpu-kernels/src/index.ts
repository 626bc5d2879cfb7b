export { digestArithmetic } from './arithmetic.js';
export { createBroadcastProducts } from './broadcast-products.js';
export { createDeepPad } from './deep-pad.js';
export { createDeepSelect } from './deep-select.js';
export { createFloorDiv } from './floor-div.js';
export { guardReads } from './guard-reads.js';
export { createMaxPoolGrads } from './max-pool-grads.js';
export { setFlags } from './stock.js';
export { getStockKernel } from './stock.js';
export { createStridedGrads } from './strided-grads.js';
export { TRIGONOMETRY, writeTrigonometry } from './trigonometry.js';

export type { GuardedReads } from './guard-reads.js';
export type { GpuName } from './stock.js';
export type { PooledWindow } from './max-pool-grads.js';
export type { Trigonometric } from './trigonometry.js';

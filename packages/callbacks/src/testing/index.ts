export { createContent } from './contents.js';
export { faultyStore } from './faulty-store.js';
export { createNumberedBytes } from './contents.js';
export { storeConformance } from './store-conformance.js';

export type { FaultyStore, StoreCall, StoreFault } from './faulty-store.js';
export type { FaultySubject } from './subjects.js';
export type { CallToHold, HeldCall, StoreOperation } from './faulty-store.js';
export type { KillableSubject } from './subjects.js';
export type { StoreConformanceOptions } from './store-conformance.js';
export type { StoreUnderTest } from './subjects.js';

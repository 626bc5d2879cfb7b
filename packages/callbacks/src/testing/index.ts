export { contentOf } from './content-of.js';
export { faultyStore } from './faulty-store.js';
export { numberedBytes } from './numbered-bytes.js';
export { storeConformance } from './store-conformance.js';

export type { FaultyStore, StoreCall, StoreFault } from './faulty-store.js';
export type { FaultySubject } from './faulty-subject.js';
export type { CallToHold, HeldCall, StoreOperation } from './hold-call.js';
export type { KillableSubject } from './killable-subject.js';
export type { StoreConformanceOptions } from './store-conformance.js';
export type { StoreUnderTest } from './store-under-test.js';

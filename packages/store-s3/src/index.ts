export { s3Store } from './s3-store.js';

export type { Dialect } from './client/conditions.js';
export type { SignedFetch } from './client/contract.js';
export type { S3StoreOptions } from './s3-store.js';

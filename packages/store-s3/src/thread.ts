export { renewLeases } from './renewal/renew-leases.js';

export type { SignedFetch } from './client/contract.js';

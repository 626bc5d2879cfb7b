import type { Proof } from '../../digits/src/proof.js';

/** The order of the parent to a training process. */
export interface Order {
  /** The address of the bucket; undefined for a training without backups. */
  readonly bucket: string | undefined;
}

/** The reports of a training process to its parent. */
export type Report = { readonly kind: 'batch' } | { readonly kind: 'done'; readonly proof: Proof };

import { Adam, type AdamOptions } from './adam.js';

/** AdamW: see `adamW`. */
export class AdamW extends Adam {
  static override className = 'AdamW';

  constructor(options: AdamOptions = {}) {
    super(options, { weightDecay: 0.004 });
  }
}

/**
 * Creates Adam with decoupled weight decay (Loshchilov and Hutter, https://arxiv.org/abs/1711.05101), with
 * Keras' numbers. `weightDecay` is 0.004 unless given.
 *
 * @throws KEEPFIT_INVALID_OPTION when an option is unknown or invalid.
 */
export function adamW(options?: AdamOptions): AdamW {
  return new AdamW(options);
}

import { KeepfitError } from '@keepfit/callbacks';
import type { Tensor } from '@tensorflow/tfjs-core';

/** The number of outputs of predictions [batch, outputs], 1 for [batch]. Throws KEEPFIT_INVALID_DATA for other shapes. */
export function columnsOf(owner: string, yPred: Tensor): number {
  if (yPred.rank === 1 || yPred.rank === 2) return yPred.shape[1] ?? 1;
  throw new KeepfitError(
    'KEEPFIT_INVALID_DATA',
    `${owner} needs predictions of shape [batch, outputs], not [${yPred.shape}]`,
  );
}

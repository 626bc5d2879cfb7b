import { KeepfitError } from '@keepfit/callbacks';
import { printWarning } from '@keepfit/callbacks/internal';

/** An epoch that got fewer batches than it needs because the data ended. */
export interface ShortEpoch {
  readonly epoch: number;
  readonly epochs: number;
  /** Batches that came for the epoch. */
  readonly came: number;
  /** Batches since epoch 0. */
  readonly total: number;
  readonly stepsPerEpoch: number | undefined;
  /** The number of batches that the data say a pass has. */
  readonly length: number | undefined;
}

const ONE_WALK =
  'A generator can be walked through once: give a function that makes a new one each time it is called';

/** Warns that training ends early, as Keras does. */
export function warnOfEndOfData(short: ShortEpoch): void {
  const { epoch, epochs, came, total } = short;
  printWarning(
    `keepfit: training ran out of data in epoch ${epoch + 1} of ${epochs}: ${formatBatches(came)} came, and ` +
      `${formatWanted(short)}. Training ends after ${formatBatches(total)} in all; its checkpoint, if it has one, is kept. ` +
      `${ONE_WALK}, use repeat() of a Dataset, or lower epochs or stepsPerEpoch`,
  );
}

/** Warns that there is nothing left to train, because the checkpoint is of a later epoch. */
export function warnOfPastEnd(epoch: number, epochs: number): void {
  printWarning(
    `keepfit: the checkpoint is in epoch ${epoch + 1}, past epochs: ${epochs}, so fit trains nothing, the model has the state of the checkpoint, and the checkpoint stays. Raise epochs to continue it`,
  );
}

/** The error of a training, a validation, an evaluation or a prediction without any batch. */
export function createNoBatchError(what: string): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_INVALID_DATA',
    `${what} got no batch: its data gave none. Look for a filter that lets nothing through, or an empty list. ${ONE_WALK}`,
  );
}

/** Warns that a pass without training has fewer batches than it was to have. */
export function warnOfShortPass(data: string, came: number, wanted: number, steps: string | undefined): void {
  const wish = steps === undefined ? `its length says ${wanted}` : `${steps} is ${wanted}`;
  printWarning(
    `keepfit: ${data} ran out of data: ${formatBatches(came)} came, and ${wish}; only these count`,
  );
}

function formatWanted({ stepsPerEpoch, length }: ShortEpoch): string {
  if (stepsPerEpoch !== undefined) return `stepsPerEpoch is ${stepsPerEpoch}`;
  return length === undefined ? 'at least 1 was wanted' : `their length says ${length}`;
}

function formatBatches(count: number): string {
  return count === 1 ? '1 batch' : `${count} batches`;
}

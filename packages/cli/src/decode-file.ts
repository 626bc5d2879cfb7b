import { isKeepfitError, KeepfitError } from '@keepfit/callbacks';
import { decodeCheckpoint } from '@keepfit/callbacks/checkpoint';

/** The header of a checkpoint, and the training in it. */
export type Decoded = ReturnType<typeof decodeCheckpoint>;

/** The training in a file. @throws KEEPFIT_CHECKPOINT_CORRUPT, KEEPFIT_CHECKPOINT_VERSION, naming the file. */
export function decodeFile(path: string, bytes: Uint8Array): Decoded {
  try {
    return decodeCheckpoint(bytes);
  } catch (cause) {
    if (!isKeepfitError(cause)) throw cause;
    throw new KeepfitError(cause.code, `${path}: ${cause.message.slice(cause.code.length + 2)}`, { cause });
  }
}

import { isKeepfitError, KeepfitError } from '@keepfit/callbacks';
import { decodeCheckpoint, readSafetensors, type SavedTensor } from '@keepfit/callbacks/checkpoint';
import { CHECKSUMS, type Decoded, readStart } from './check-file.js';
import { withFile } from './read-file.js';

/** All bytes of a checkpoint, and what they say. */
export interface DecodedFile {
  readonly bytes: Uint8Array;
  readonly decoded: Decoded;
}

/**
 * Reads a checkpoint as a whole, once its header shows that it is one. Errors name the file.
 *
 * @throws KEEPFIT_CHECKPOINT_CORRUPT when a check fails.
 * @throws KEEPFIT_CHECKPOINT_VERSION when a newer version of keepfit wrote the file.
 * @throws KEEPFIT_STORE_FAILED when the file cannot be read.
 */
export function decodeFile(path: string): Promise<DecodedFile> {
  return withFile(path, async (file) => {
    try {
      await readStart(file);
      const bytes = await file.read(0, file.byteLength);
      return { bytes, decoded: decodeCheckpoint(bytes) };
    } catch (cause) {
      if (!isKeepfitError(cause)) throw cause;
      throw new KeepfitError(cause.code, `${path}: ${cause.message.slice(cause.code.length + 2)}`, { cause });
    }
  });
}

/**
 * Reads all tensors of a checkpoint file but the checksums, by name. This includes typed arrays and captures
 * of the state.
 */
export function readTensors(bytes: Uint8Array): Map<string, SavedTensor> {
  const { tensors } = readSafetensors(bytes);
  tensors.delete(CHECKSUMS);
  return tensors;
}

import { readSafetensors, type SavedTensor } from '@keepfit/callbacks/checkpoint';

/** The tensor of checksums, the last of a checkpoint: that of the header, then of each tensor before it. */
export const CHECKSUMS = 'keepfit.crc32';

/** All tensors of a checkpoint file by name but that of the checksums; those of typed arrays and captures in the state too. */
export function tensorsIn(bytes: Uint8Array): Map<string, SavedTensor> {
  const { tensors } = readSafetensors(bytes);
  tensors.delete(CHECKSUMS);
  return tensors;
}

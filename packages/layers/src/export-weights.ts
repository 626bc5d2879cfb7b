import { encodeSafetensors, type SavedTensor } from '@keepfit/callbacks/checkpoint';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { buildIfNeeded, checkIsLayersModel } from './from-layers.js';
import { listKerasWeights } from './keras-weights.js';

/**
 * Encodes the weights of a tfjs-layers model as a safetensors file for Keras: each tensor has the `path` that
 * Keras gives to the weight, such as `sequential/dense/kernel`. The values are those of the moment of the
 * call, so a training may continue meanwhile.
 *
 * ```ts
 * await writeFile('digits.safetensors', await exportWeights(model));
 * ```
 *
 * docs/python.md has the lines of Python that load the file into a Keras model.
 *
 * @throws KEEPFIT_INVALID_DATA when the model is not built yet and cannot be built, or two weights have the same
 * path.
 * @throws KEEPFIT_INVALID_OPTION when it is no tfjs-layers model.
 */
export async function exportWeights(model: LayersModel): Promise<Uint8Array<ArrayBuffer>> {
  checkIsLayersModel(model);
  buildIfNeeded(model);
  const weights = listKerasWeights(model);
  const paths = weights.map(({ path }) => path);
  // A clone shares the memory, which no step writes into.
  const copies = weights.map(({ variable }) => variable.clone());
  try {
    const tensors = new Map<string, SavedTensor>();
    for (const [index, copy] of copies.entries()) {
      const { buffer, byteOffset, byteLength } = await copy.data<'float32' | 'int32'>();
      const bytes = new Uint8Array(buffer, byteOffset, byteLength);
      tensors.set(paths[index] as string, {
        dtype: copy.dtype as 'float32' | 'int32' | 'bool',
        shape: copy.shape,
        bytes,
      });
    }
    return encodeSafetensors(tensors, { 'keras.order': JSON.stringify(paths) });
  } finally {
    for (const copy of copies) copy.dispose();
  }
}

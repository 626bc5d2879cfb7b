import { basename } from 'node:path';
import { KeepfitError } from '@keepfit/callbacks';
import { type OpenFile, withFile } from '../checkpoint/read-file.js';
import type { KerasWeights } from './collect-weights.js';
import { checkHdf5Size, isHdf5, withHdf5 } from './hdf5.js';
import type { Hdf5Thread } from './hdf5-thread.js';
import { isKeras2, readKeras2 } from './read-keras2.js';
import { isKeras3, type Progress, readKeras3 } from './read-keras3.js';
import { readZip } from './read-zip.js';

const WEIGHTS = 'model.weights.h5';
const CONFIG = 'config.json';
const MAX_CONFIG = 2 ** 26;
const ADVICE = 'give a file that Keras saved';

/** The first byte of JSON, and of the header of a safetensors file, behind its length. */
const BRACE = 0x7b;

/** What is in a file before its layout is known. */
interface Content {
  readonly weights: Uint8Array;
  readonly config?: string;
}

/**
 * Reads the weights of a `.keras`, `.weights.h5` or `.h5` file, in the layouts of Keras 3 and 2.
 *
 * @param start Starts the thread with the HDF5 library.
 * @throws KEEPFIT_CHECKPOINT_CORRUPT when it is none of these, or a damaged one.
 * @throws KEEPFIT_INVALID_DATA when tfjs-layers does not have one of the layers, or the file is larger than 2 GB.
 * @throws KEEPFIT_INVALID_OPTION when the package h5wasm is not installed.
 * @throws KEEPFIT_STORE_FAILED when the file cannot be read.
 */
export async function readKerasFile(
  path: string,
  progress: Progress,
  start?: () => Promise<Hdf5Thread>,
): Promise<KerasWeights> {
  await refuseShard(path);
  const { weights, config } = await withFile(path, readContent, ADVICE);
  return withHdf5(
    weights,
    async (file) => {
      // A layer of the name "layers" has a group that looks like one of Keras 3.
      if (await isKeras2(file)) return readKeras2(file, progress);
      if (await isKeras3(file)) return readKeras3(file, config, progress);
      throw new KeepfitError(
        'KEEPFIT_INVALID_DATA',
        `${path} is an HDF5 file, but has no weights as Keras 3 or Keras 2 saves them; give a file of model.save or model.save_weights`,
      );
    },
    start,
  );
}

/** Refuses `model_00001.weights.h5` if `model.weights.json` beside it says that it is one of several files. */
async function refuseShard(path: string): Promise<void> {
  const base = /^(.*)_\d{5}\.weights\.h5$/s.exec(path)?.[1];
  if (base === undefined) return;
  const index = `${base}.weights.json`;
  const text = await withFile(index, async (file) =>
    file.read(0, Math.min(file.byteLength, MAX_CONFIG)),
  ).catch(() => undefined);
  const files = new Set(new TextDecoder().decode(text).match(/[^"/]+_\d{5}\.weights\.h5(?=")/g));
  if (files.size > 1 && files.has(basename(path)))
    throw new KeepfitError(
      'KEEPFIT_INVALID_DATA',
      `${path} is one of ${files.size} files with the weights of a model; ${ONE_FILE}`,
    );
}

const ONE_FILE = 'save them in one file: model.save_weights("….weights.h5")';

async function readContent(file: OpenFile): Promise<Content> {
  const start = await file.read(0, Math.min(9, file.byteLength));
  if (isHdf5(start)) {
    checkHdf5Size(file.byteLength);
    return { weights: await file.read(0, file.byteLength) };
  }
  if (start[0] === BRACE)
    throw new KeepfitError(
      'KEEPFIT_INVALID_DATA',
      `the file is JSON, as Keras writes it beside weights in several files; ${ONE_FILE}`,
    );
  if (start[8] === BRACE)
    throw new KeepfitError(
      'KEEPFIT_INVALID_DATA',
      `the file begins as a safetensors file, which importWeights loads as it is; ${ADVICE}`,
    );
  if (start[0] !== 0x50 || start[1] !== 0x4b)
    throw new KeepfitError(
      'KEEPFIT_CHECKPOINT_CORRUPT',
      'the file begins neither as an HDF5 file nor as a ZIP archive; give a .keras, .weights.h5 or .h5 file of Keras',
    );
  const members = await readZip(file);
  const [weights, config] = [members.get(WEIGHTS), members.get(CONFIG)];
  if (weights === undefined || config === undefined)
    throw new KeepfitError(
      'KEEPFIT_INVALID_DATA',
      `the archive has no ${weights === undefined ? WEIGHTS : CONFIG}; give a .keras file that model.save wrote`,
    );
  if (config.byteLength > MAX_CONFIG)
    throw new KeepfitError(
      'KEEPFIT_CHECKPOINT_CORRUPT',
      `${CONFIG} has ${config.byteLength} bytes, too many`,
    );
  checkHdf5Size(weights.byteLength);
  return { config: new TextDecoder().decode(await config.read()), weights: await weights.read() };
}

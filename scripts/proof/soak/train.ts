import { cpuBackend } from '../../../packages/backend-cpu/src/index.ts';
import { useBackend } from '../../../packages/fit/src/index.ts';
import { trainModel } from './train-model.js';

/**
 * A process to kill. Its arguments are the folder or the address of a bucket, the prefix of the names there, and the
 * epochs.
 */
const [place = '', prefix = '', epochs = '1'] = process.argv.slice(2);
await useBackend(cpuBackend());
await trainModel({ place, prefix, epochs: Number(epochs) });

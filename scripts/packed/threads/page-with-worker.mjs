// A page that names its worker, which is an entry of the bundle.
import { cpuBackend } from '@keepfit/backend-cpu';
import { threads } from '@keepfit/engine-threads';
import * as fit from '@keepfit/fit';
import * as layers from '@keepfit/layers';
import * as tfjsLayers from '@tensorflow/tfjs-layers';
import { compare } from './compare.mjs';

const worker = () => new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
globalThis.compared = compare({ layers, fit, threads, tfjsLayers, cpuBackend }, { worker });

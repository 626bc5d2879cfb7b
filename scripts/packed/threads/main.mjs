import { cpuBackend } from '@keepfit/backend-cpu';
import { threads } from '@keepfit/engine-threads';
import * as fit from '@keepfit/fit';
import * as layers from '@keepfit/layers';
import * as tfjsLayers from '@tensorflow/tfjs-layers';
import { compare } from './compare.mjs';

console.log(await compare({ layers, fit, threads, tfjsLayers, cpuBackend }));

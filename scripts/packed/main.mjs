import { argv } from 'node:process';
import * as backendCpu from '@keepfit/backend-cpu';
import * as callbacks from '@keepfit/callbacks';
import * as fit from '@keepfit/fit';
import * as storeFs from '@keepfit/store-fs';
import * as tf from '@tensorflow/tfjs-core';
import { train } from './train.cjs';

console.log(JSON.stringify(await train({ tf, callbacks, fit, storeFs, backendCpu }, argv[2], argv[3])));

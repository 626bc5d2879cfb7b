import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import { registerOptimizers } from '../../src/index.js';
import { fromText, trainModel } from './saved-model.js';

/** A process that reads a saved model, trains on, and prints the weights. Other models came before it. */
const [file = '', from = '0', to = '0'] = process.argv.slice(2);

await tf.setBackend('cpu');
registerOptimizers();
tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [2] }), tf.layers.dense({ units: 1 })] });
const model = await tf.loadLayersModel(fromText(readFileSync(file, 'utf8')));
process.stdout.write(JSON.stringify(await trainModel(model, Number(from), Number(to))));

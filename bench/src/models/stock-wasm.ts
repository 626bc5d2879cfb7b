import type { Backend } from '@keepfit/fit';
import * as tf from '@tensorflow/tfjs';

/** tfjs' wasm backend as it is, beside keepfit's in the same process and from the same module. */
export function stockWasm(): Backend {
  return { name: 'wasm', kernels: 'stock', start: () => tf.setBackend('wasm'), stop() {} };
}

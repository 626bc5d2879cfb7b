import { KERAS_OPTIMIZERS, TFJS_OPTIMIZERS, testOptimizerResume } from '../helpers/test-optimizer-resume.js';

/** Every feature of Keras' optimizers, and a step within what two steps accumulate. */
const FEATURES = ['an average that overwrites, with accumulation and a schedule', 'muon', 'a function'];

testOptimizerResume(TFJS_OPTIMIZERS, [0, 1, 4]);
testOptimizerResume(Object.fromEntries(FEATURES.map((name) => [name, KERAS_OPTIMIZERS[name]!])), [5]);

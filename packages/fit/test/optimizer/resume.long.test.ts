import { KERAS_OPTIMIZERS, TFJS_OPTIMIZERS, testOptimizerResume } from '../helpers/test-optimizer-resume.js';

testOptimizerResume(TFJS_OPTIMIZERS, [0, 1, 2, 3, 4, 5, 6, 7]);
testOptimizerResume(KERAS_OPTIMIZERS, [1, 5]);

import { testOptimizers } from './every-optimizer-tests.js';
import { sample } from '../../../../test/setup/sample.js';
import { optimizersOfKeras } from './optimizers.js';

// Each on one of the two models, unless all are tried.
const optimizers = Object.keys(optimizersOfKeras);
testOptimizers(sample(optimizers, 2), ['mlp']);
testOptimizers(sample(optimizers, 2, 1), ['plain variables']);

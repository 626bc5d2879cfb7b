import { testOptimizers } from './every-optimizer-tests.js';
import { optimizersOfKeras } from './optimizers.js';

testOptimizers(Object.keys(optimizersOfKeras), ['mlp', 'plain variables']);

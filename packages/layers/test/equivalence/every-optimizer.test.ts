import { testOptimizers } from './every-optimizer-tests.js';

testOptimizers(['an average that overwrites, with accumulation and a schedule', 'muon'], ['mlp']);

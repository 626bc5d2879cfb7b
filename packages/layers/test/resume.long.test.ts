import { testEveryCrash } from './helpers/test-every-crash.js';

testEveryCrash([1, 2, 'epoch']);

import { testCrashesInOneEpoch } from './helpers/test-crashes-in-one-epoch.js';
import { testEveryCrash } from './helpers/test-every-crash.js';

testEveryCrash([1, 2, 'epoch']);
testCrashesInOneEpoch([2, 3]);

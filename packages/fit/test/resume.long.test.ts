import { testCrashesInOneEpoch } from './helpers/test-crashes-in-one-epoch.js';
import { testEveryCrash } from './helpers/test-every-crash.js';

testEveryCrash([1, 'epoch']);
testCrashesInOneEpoch([1, 3]);

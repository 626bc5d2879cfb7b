import { sample } from '../../../test/setup/sample.js';
import { testCrashesInOneEpoch } from './helpers/test-crashes-in-one-epoch.js';
import { testEveryCrash } from './helpers/test-every-crash.js';

testEveryCrash(sample([1, 2, 'epoch'], 2));
testCrashesInOneEpoch(sample([1, 2, 3], 2));

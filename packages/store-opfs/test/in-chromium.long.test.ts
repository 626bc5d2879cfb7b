import { testInChromium, testKillsInChromium } from '../../store-indexeddb/test/helpers/test-in-chromium.js';

testInChromium('opfs');
testKillsInChromium('opfs');

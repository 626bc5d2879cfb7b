import { testKillsInChromium } from '../../store-indexeddb/test/helpers/test-in-chromium.js';

testKillsInChromium('opfs');

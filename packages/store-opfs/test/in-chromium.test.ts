import { testInChromium } from '../../store-indexeddb/test/helpers/test-in-chromium.js';

testInChromium('opfs');

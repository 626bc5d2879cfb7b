import { testInChromium } from './helpers/test-in-chromium.js';

testInChromium('indexeddb');

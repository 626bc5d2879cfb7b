import { testInChromium, testKillsInChromium } from './helpers/test-in-chromium.js';

testInChromium('indexeddb');
testKillsInChromium('indexeddb');

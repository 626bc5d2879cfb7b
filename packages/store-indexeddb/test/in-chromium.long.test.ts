import { testKillsInChromium } from './helpers/test-in-chromium.js';

testKillsInChromium('indexeddb');

import { testInFirefox } from './helpers/test-in-firefox.js';

testInFirefox('indexeddb');

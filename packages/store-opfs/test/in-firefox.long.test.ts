import { testInFirefox } from '../../store-indexeddb/test/helpers/test-in-firefox.js';

testInFirefox('opfs');

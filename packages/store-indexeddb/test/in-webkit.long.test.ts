import { webkit } from '../../../test/browser/webkit.js';
import { testInBrowser } from './helpers/test-in-browser.js';

testInBrowser(webkit, 'indexeddb');

import { firefox } from '../../../test/browser/firefox.js';
import { testInBrowser } from './helpers/test-in-browser.js';

testInBrowser(firefox, 'indexeddb');

import { firefox } from '../../../test/browser/firefox.js';
import { testInBrowser } from '../../store-indexeddb/test/helpers/test-in-browser.js';

testInBrowser(firefox, 'opfs');

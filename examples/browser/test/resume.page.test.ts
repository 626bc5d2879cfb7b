import { killTests } from './helpers/kill-tests.js';

killTests([{ backend: 'wasm', store: 'indexeddb', epochs: 8 }]);

import { killTests } from './helpers/kill-tests.js';

killTests([{ backend: 'wasm', store: 'indexeddb', workers: 2, epochs: 8, later: { workers: 1 } }]);

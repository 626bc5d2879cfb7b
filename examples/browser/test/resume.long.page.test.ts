import { killTests } from './helpers/kill-tests.js';

killTests([
  { backend: 'cpu', store: 'opfs', model: 'dense', epochs: 30 },
  { backend: 'webgl', store: 'opfs', model: 'dense', digits: 96, epochs: 12 },
  { backend: 'webgpu', store: 'indexeddb', model: 'dense', digits: 96, epochs: 6 },
]);

import { webglBackend } from '@keepfit/backend-webgl';
import { longBackendTests } from './helpers/backend-tests.js';

longBackendTests(() => webglBackend({ software: true }));

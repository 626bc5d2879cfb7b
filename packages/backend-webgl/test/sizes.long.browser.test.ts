import { webglBackend } from '@keepfit/backend-webgl';
import { sizeTests } from './helpers/size-tests.js';

sizeTests(() => webglBackend({ software: true }));

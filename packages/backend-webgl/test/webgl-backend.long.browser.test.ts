import { webglBackend } from '@keepfit/backend-webgl';
import { trainingTests } from './helpers/backend-tests.js';

trainingTests(() => webglBackend({ software: true }), 'all');

import { webglBackend } from '@keepfit/backend-webgl';
import { trainingTests } from './helpers/backend-tests.js';
import { lossTests } from './helpers/loss-tests.js';

const make = () => webglBackend({ software: true });

trainingTests(make, 'all');
lossTests(make);

import { webgpuBackend } from '@keepfit/backend-webgpu';
import { trainingTests } from '../../backend-webgl/test/helpers/backend-tests.js';
import { lossTests } from '../../backend-webgl/test/helpers/loss-tests.js';

const make = () => webgpuBackend({ software: true });

trainingTests(make, 'others');
lossTests(make);

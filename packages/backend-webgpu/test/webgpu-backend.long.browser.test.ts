import { webgpuBackend } from '@keepfit/backend-webgpu';
import { trainingTests } from '../../backend-webgl/test/helpers/backend-tests.js';

trainingTests(() => webgpuBackend({ software: true }), 'others');

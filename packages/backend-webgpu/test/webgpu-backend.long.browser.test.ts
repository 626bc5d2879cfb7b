import { webgpuBackend } from '@keepfit/backend-webgpu';
import { longBackendTests } from '../../backend-webgl/test/helpers/backend-tests.js';

longBackendTests(() => webgpuBackend({ software: true }));

import { webgpuBackend } from '@keepfit/backend-webgpu';
import { sizeTests } from '../../backend-webgl/test/helpers/size-tests.js';

sizeTests(() => webgpuBackend({ software: true }));

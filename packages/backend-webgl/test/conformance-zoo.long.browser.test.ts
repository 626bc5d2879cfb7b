import { webglBackend } from '@keepfit/backend-webgl';
import { gpuZoo } from './helpers/gpu-zoo.js';

gpuZoo(() => webglBackend({ software: true }));

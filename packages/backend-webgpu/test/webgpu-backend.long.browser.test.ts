import { webgpuBackend } from '@keepfit/backend-webgpu';
import { backendConformance } from '@keepfit/fit/testing';
import { trainingTests } from '../../backend-webgl/test/helpers/backend-tests.js';
import { createLongGpuTest } from '../../backend-webgl/test/helpers/gpu-test.js';
import { gpuZoo } from '../../backend-webgl/test/helpers/gpu-zoo.js';
import { furtherKernelTests } from '../../backend-webgl/test/helpers/kernel-tests.js';
import { lossTests } from '../../backend-webgl/test/helpers/loss-tests.js';
import { sizeTests } from '../../backend-webgl/test/helpers/size-tests.js';

// In one page, because each would load all modules and compile its shaders again.
const make = () => webgpuBackend({ software: true });

trainingTests(make, 1);
furtherKernelTests(make);
lossTests(make, 1);
gpuZoo(make, 1);
sizeTests(make, 1);
backendConformance({
  test: createLongGpuTest(1),
  backend: make,
  stock: () => import('@tensorflow/tfjs-backend-webgpu'),
});

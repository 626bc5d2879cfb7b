import { webglBackend } from '@keepfit/backend-webgl';
import { backendConformance } from '@keepfit/fit/testing';
import { trainingTests } from './helpers/backend-tests.js';
import { createLongGpuTest, gpuTest } from './helpers/gpu-test.js';
import { gpuZoo } from './helpers/gpu-zoo.js';
import { furtherKernelTests, kernelTests } from './helpers/kernel-tests.js';
import { lossTests } from './helpers/loss-tests.js';
import { sizeTests } from './helpers/size-tests.js';

// In one page, because each would load all modules and compile its shaders again.
const make = () => webglBackend({ software: true });

trainingTests(make, 0);
// Here alone, because a software GPU compiles its shaders for most of a minute; those of WebGPU are in npm test.
kernelTests(make);
furtherKernelTests(make);
lossTests(make, 0);
gpuZoo(make, 0);
sizeTests(make, 0);
backendConformance({
  // What `npm test` runs on WebGPU only, and each one's half of the rest.
  test: (name, run) => [gpuTest, createLongGpuTest(0)].forEach((register) => register(name, run)),
  backend: make,
  stock: () => import('@tensorflow/tfjs-backend-webgl'),
});

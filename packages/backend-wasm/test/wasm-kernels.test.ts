import { useBackend } from '@keepfit/fit';
import { beforeAll, describe, test } from 'vitest';
import { engineRun } from '../../js-kernels/test/helpers/engine-run.js';
import { expectCase } from '../../js-kernels/test/helpers/expect-case.js';
import { kernelCases } from '../../js-kernels/test/helpers/kernel-cases.js';
import { wasmBackend } from '../src/index.js';

beforeAll(() => useBackend(wasmBackend()));

for (const [kernelName, cases] of kernelCases()) {
  describe(kernelName, () => {
    for (const kernelCase of cases) test(kernelCase.name, () => expectCase(engineRun, kernelCase, 2e-6));
  });
}

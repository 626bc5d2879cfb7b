import { cpuBackend } from '@keepfit/backend-cpu';
import { wasmBackend } from '@keepfit/backend-wasm';
import { useBackend } from '@keepfit/fit';
import { beforeAll, describe, expect, test } from 'vitest';
import { trainSteps, withoutKernel } from './helpers/compare-updates.js';
import { ELEMENTWISE, OTHERS } from './helpers/optimizer-list.js';

const OPTIONS = [
  {},
  { weightDecay: 0.02 },
  { clipnorm: 0.5 },
  { clipvalue: 0.1 },
  { globalClipnorm: 0.5 },
  { useEma: true, emaMomentum: 0.5, emaOverwriteFrequency: 2 },
  { gradientAccumulationSteps: 3 },
  { learningRate: (step: number) => 0.1 / (step + 1) },
];

describe.each([
  ['cpu', cpuBackend],
  ['wasm', wasmBackend],
] as const)('on %s', (_name, createBackend) => {
  beforeAll(() => useBackend(createBackend()));

  for (const [name, create] of Object.entries({ ...ELEMENTWISE, ...OTHERS }))
    test.each(OPTIONS)(`${name} with %o gives the bits of the plain ops`, async (options) => {
      const fused = await trainSteps(create(options));
      expect(fused).toEqual(await withoutKernel(() => trainSteps(create(options))));
    });
});

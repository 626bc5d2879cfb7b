import { getBackend, setBackend } from '@tensorflow/tfjs-core';
import type { Backend } from '../contract/backend.js';
import { useBackend } from '../backend/use-backend.js';
import type { BackendKit } from './backend-kit.js';
import { testCaptures } from './capture-tests.js';
import { testGradients } from './gradient-tests.js';
import { testHygiene } from './hygiene-tests.js';
import { testOptimizers } from './optimizer-tests.js';
import { testResuming } from './resume-tests.js';
import { testStarting } from './start-tests.js';
import { testTraining } from './train-tests.js';

export interface BackendConformanceOptions {
  /** Registers one test: `test` of Vitest or node:test, `it` of mocha, or a function of your own. They must run one after the other. */
  readonly test: (name: string, run: () => Promise<void>) => unknown;
  /** Makes the backend; called once a test. */
  readonly backend: () => Backend;
  /** Loads tfjs' own backend beneath, whose kernels yours replaces: `() => import('@tensorflow/tfjs-backend-cpu')`. */
  readonly stock: () => Promise<unknown>;
  /** Makes one that this machine cannot start, as by a wrong path to its files.  @default not claimed, as a test then says */
  readonly unavailable?: () => Backend;
  /**
   * The gradient cases that the backend is known to get wrong, by name, and why. They are registered as tests that pass as long as it
   * does, so that this list gets no older than the backend.  @default none
   */
  readonly known?: Readonly<Record<string, string>>;
}

/**
 * Registers the tests that every `Backend` must pass, in the groups start, train, optimizers, capture, resume, hygiene and gradients: about 400 small
 * ones, which take a few seconds on a CPU.
 *
 * ```ts
 * backendConformance({ test, backend: () => cpuBackend(), stock: () => import('@tensorflow/tfjs-backend-cpu') });
 * ```
 *
 * After each test tfjs' own kernels are in their places again. What only a real GPU can show, as a lost device, is not in here.
 */
export function backendConformance(options: BackendConformanceOptions): void {
  const kit = kitOf(options);
  for (const registerGroup of [
    testStarting,
    testTraining,
    testOptimizers,
    testCaptures,
    testResuming,
    testHygiene,
    testGradients,
  ])
    registerGroup(kit);
}

function kitOf({ test, backend, stock, unavailable, known = {} }: BackendConformanceOptions): BackendKit {
  return {
    ...{ backend, known, ...(unavailable === undefined ? {} : { unavailable }) },
    test: (name, body) => {
      test(name, async () => {
        await stock();
        await useBackend(backend());
        try {
          await body();
        } finally {
          await useBackend(stockBackend());
        }
      });
    },
    testStopped: (name, body) => {
      test(name, async () => {
        await stock();
        await useBackend(stockBackend());
        await body();
      });
    },
    notClaimed: (group) => void test(`${group}: not claimed`, async () => undefined),
  };
}

/** tfjs as it is: using it stops what was used before. */
function stockBackend(): Backend {
  const name = getBackend() ?? '';
  return { name, kernels: 'stock', start: async () => name === '' || setBackend(name), stop() {} };
}

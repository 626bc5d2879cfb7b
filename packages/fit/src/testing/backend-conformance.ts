import * as tf from '@tensorflow/tfjs-core';
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
  /**
   * Registers one test: `test` of Vitest or node:test, `it` of mocha, or your own function. Tests must run
   * one after the other.
   */
  readonly test: (name: string, run: () => Promise<void>) => unknown;
  /** Creates the backend; called once a test. */
  readonly backend: () => Backend;
  /**
   * Loads tfjs' own backend, whose kernels yours replaces: `() => import('@tensorflow/tfjs-backend-cpu')`.
   */
  readonly stock: () => Promise<unknown>;
  /**
   * Creates one that this machine cannot start, for instance by a wrong path to its files.
   *
   * @default not claimed, which a test then says
   */
  readonly unavailable?: () => Backend;
  /**
   * The gradient cases that the backend is known to get wrong, by name, and why. They become tests that pass
   * only while the backend is wrong, so that this list stays current.
   *
   * @default none
   */
  readonly known?: Readonly<Record<string, string>>;
}

/**
 * Registers the tests that every `Backend` must pass: start, train, optimizers, capture, resume, hygiene and
 * gradients. They are about 400 small tests, which take a few seconds on a CPU.
 *
 * ```ts
 * backendConformance({ test, backend: () => cpuBackend(), stock: () => import('@tensorflow/tfjs-backend-cpu') });
 * ```
 *
 * After each test tfjs' own kernels are back in place. The kit leaves out what only a real GPU can show, such
 * as a lost device.
 */
export function backendConformance(options: BackendConformanceOptions): void {
  const kit = createKit(options);
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

function createKit({ test, backend, stock, unavailable, known = {} }: BackendConformanceOptions): BackendKit {
  return {
    ...{ backend, known, ...(unavailable === undefined ? {} : { unavailable }) },
    test: (name, body) => {
      test(name, async () => {
        await stock();
        await useBackend(backend());
        try {
          await body();
        } finally {
          await goBackToStock();
        }
      });
    },
    testStopped: (name, body) => {
      test(name, async () => {
        await stock();
        await goBackToStock();
        await body();
      });
    },
    notClaimed: (group) => void test(`${group}: not claimed`, async () => undefined),
  };
}

/** Uses tfjs' own backend of this name, which stops the previous one. None is to stop if tfjs has none yet. */
async function goBackToStock(): Promise<void> {
  const name: string | undefined = tf.getBackend();
  if (name === undefined) return;
  await useBackend({ name, kernels: 'stock', start: () => tf.setBackend(name), stop() {} });
}

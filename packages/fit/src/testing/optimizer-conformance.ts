import type * as tf from '@tensorflow/tfjs-core';
import { registerGradients } from '../backend/register-gradients.js';
import { assertThat } from './backend-kit.js';
import { STEPS } from './optimizers/optimizer-kit.js';
import { testOptimizerResuming } from './optimizers/resume-tests.js';
import { testOptimizerSteps } from './optimizers/step-tests.js';

export interface OptimizerConformanceOptions {
  /**
   * Registers one test: `test` of Vitest or node:test, `it` of mocha, or your own function. Tests must run
   * one after the other.
   */
  readonly test: (name: string, run: () => Promise<void>) => unknown;
  /** Creates the optimizer, each time with the same settings. Called several times a test. */
  readonly optimizer: () => tf.Optimizer;
  /**
   * The steps after which trainings crash, each from 1 to 8.
   *
   * @default [1, 4, 7]
   */
  readonly crashAfter?: readonly number[];
  /**
   * The tests that the optimizer is known to fail, by name, and why. They become tests that pass only while it
   * fails, so that this list stays current.
   *
   * @default none
   */
  readonly known?: Readonly<Record<string, string>>;
}

/**
 * Registers the tests that every optimizer must pass to resume exactly: it is restored into a fresh and into a used
 * instance, follows weights that are renamed, frozen and thawed, repeats itself, gives new memory at each step, leaks
 * nothing, and keeps its promises in `getWeights` and `getConfig`. They are 16 tests, which take about a
 * second on the backend in use.
 *
 * ```ts
 * optimizerConformance({ test, optimizer: () => new Lion({ learningRate: 0.01 }) });
 * ```
 *
 * @throws Error when a crash is not between the first step and the last, or `known` has a name that no test has.
 */
export function optimizerConformance(options: OptimizerConformanceOptions): void {
  const { test, optimizer, crashAfter = [1, 4, 7], known = {} } = options;
  const outside = crashAfter.find((step) => !Number.isInteger(step) || step < 1 || step >= STEPS);
  if (outside !== undefined)
    throw new Error(
      `crashAfter must have integers from 1 to ${STEPS - 1}, because the trainings have ${STEPS} steps, not ${outside}`,
    );
  const names = new Set<string>();
  const kit = {
    createOptimizer: optimizer,
    crashAfter,
    test(name: string, body: () => Promise<void>): void {
      names.add(name);
      const reason = known[name];
      test(reason === undefined ? name : `${name}: known to fail (${reason})`, async () => {
        await registerGradients();
        await (reason === undefined ? body() : expectFailure(name, body));
      });
    },
  };
  testOptimizerSteps(kit);
  testOptimizerResuming(kit);
  const unknown = Object.keys(known).find((name) => !names.has(name));
  if (unknown !== undefined) throw new Error(`known names "${unknown}", and no test has this name`);
}

async function expectFailure(name: string, body: () => Promise<void>): Promise<void> {
  const passes = await body().then(
    () => true,
    () => false,
  );
  assertThat(!passes, `"${name}" passes now: it must be taken from the list of what is known`);
}

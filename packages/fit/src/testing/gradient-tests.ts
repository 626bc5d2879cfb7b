import * as tf from '@tensorflow/tfjs-core';
import { assertThat, type BackendKit } from './backend-kit.js';
import { checkGradientCase } from './gradients/check-gradient-case.js';
import type { GradientCase } from './gradients/gradient-case.js';
import { gradientCases } from './gradients/gradient-cases.js';

/** Compares every op and its gradient with a reference in double precision. */
export function testGradients(kit: BackendKit): void {
  const cases = gradientCases();
  const unknown = Object.keys(kit.known).filter((name) => !cases.some((testCase) => testCase.name === name));
  kit.testStopped('gradients: what is known to be wrong is in the table', async () => {
    assertThat(unknown.length === 0, `there is no gradient case named ${unknown.join(', ')}`);
  });
  for (const testCase of cases) {
    const why = kit.known[testCase.name];
    if (why === undefined) kit.test(`gradients: ${testCase.name}`, () => checkWithoutLeak(testCase));
    else kit.test(`gradients: known to be wrong: ${testCase.name} (${why})`, () => assertWrong(testCase));
  }
}

async function checkWithoutLeak(testCase: GradientCase): Promise<void> {
  const before = tf.memory().numTensors;
  await checkGradientCase(testCase);
  const left = tf.memory().numTensors - before;
  assertThat(left === 0, `the op and its gradient must leave no tensor, not ${left}`);
}

async function assertWrong(testCase: GradientCase): Promise<void> {
  const right = await checkGradientCase(testCase).then(
    () => true,
    () => false,
  );
  assertThat(!right, 'this is right now: remove it from the list `known`');
}

import { cpuBackend } from '@keepfit/backend-cpu';
import { useBackend } from '@keepfit/fit';
import { optimizerConformance, type OptimizerConformanceOptions } from '@keepfit/fit/testing';
import { beforeAll, expect, test } from 'vitest';
import { createOptimizer, type Defect } from './broken-optimizer.js';

beforeAll(() => useBackend(cpuBackend()));

/** Runs the tests of the kit with these names; gives all names and the messages of those that failed. */
async function runKit(
  options: Omit<OptimizerConformanceOptions, 'test'>,
  only: (name: string) => boolean = () => true,
): Promise<{ names: string[]; failed: Record<string, string> }> {
  const tests: [string, () => Promise<void>][] = [];
  optimizerConformance({ test: (name, run) => tests.push([name, run]), ...options });
  const failed: Record<string, string> = {};
  for (const [name, run] of tests.filter(([title]) => only(title)))
    await run().catch((error: unknown) => (failed[name] = String(error)));
  return { names: tests.map(([name]) => name), failed };
}

const FRESH = 'resume: after 4 steps, into a fresh optimizer';
const OTHER_NAMES = 'resume: in a process in which tfjs names the weights otherwise';

const BROKEN: [Defect, name: string, message: RegExp][] = [
  ['forgets a number of its state', FRESH, /losses after the crash must be/],
  [
    'adds a restored state to what was there',
    'resume: after 4 steps, into an optimizer that has trained something else',
    /losses after the crash must be/,
  ],
  ['saves names that nobody can translate', OTHER_NAMES, /did not find its restored state/],
  [
    'saves only what it trained last',
    'frozen: a training that crashes while a weight is frozen continues exactly',
    /must/,
  ],
  [
    'counts pauses and does not save the count',
    'frozen: a training that crashes after the weight was thawed continues exactly',
    /must/,
  ],
  [
    'finds its state by position',
    'frozen: the other weights train on as if it had never been there',
    /shape/,
  ],
  [
    'trains weights that are frozen',
    'frozen: the other weights train on as if it had never been there',
    /must keep/,
  ],
  ['draws random numbers', 'steps: the same gradients give the same bits', /must give the same/],
  [
    'writes into its old memory',
    'memory: the values of a step stay as they are while training continues',
    /must not write into/,
  ],
  [
    'leaves a tensor at each step',
    'hygiene: steps leave no tensor behind',
    /must leave no tensor behind, not 4/,
  ],
  ['keeps its state when it is disposed', 'hygiene: dispose frees the state', /must free/],
  [
    'forgets a number in getWeights',
    'getWeights and setWeights: another optimizer continues exactly, if the class has both',
    /must continue/,
  ],
  [
    'forgets a setting in getConfig',
    'getConfig and fromConfig: the same optimizer, if there are settings',
    /must create the optimizer/,
  ],
];

test('an optimizer that keeps all rules passes every test, and each has a name of its own', async () => {
  const { names, failed } = await runKit({ optimizer: () => createOptimizer() });
  expect(failed).toEqual({});
  expect(new Set(names).size).toBe(names.length);
});

test.each(BROKEN)('an optimizer that %s fails "%s"', async (defect, name, message) => {
  const { failed } = await runKit({ optimizer: () => createOptimizer(defect) }, (title) => title === name);
  expect(Object.keys(failed)).toEqual([name]);
  expect(failed[name]).toMatch(message);
});

test('what is known to fail becomes a test that passes only while it fails', async () => {
  const known = { [FRESH]: 'loses its count' };
  const only = (name: string) => name.startsWith(FRESH);
  const broken = await runKit(
    { optimizer: () => createOptimizer('forgets a number of its state'), known },
    only,
  );
  expect(broken.failed).toEqual({});
  const right = await runKit({ optimizer: () => createOptimizer(), known }, only);
  expect(Object.values(right.failed)).toEqual([expect.stringMatching(/must be taken from the list/)]);
});

test('refuses crashes outside of the training, and names that no test has', async () => {
  const optimizer = () => createOptimizer();
  await expect(runKit({ optimizer, crashAfter: [9] })).rejects.toThrow(/from 1 to 8/);
  await expect(runKit({ optimizer, known: { dances: 'never did' } })).rejects.toThrow(/dances/);
});

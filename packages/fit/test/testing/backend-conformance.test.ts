import '@tensorflow/tfjs-backend-cpu';
import { cpuBackend } from '@keepfit/backend-cpu';
import { useBackend } from '@keepfit/fit';
import { backendConformance, type BackendConformanceOptions, gradientCases } from '@keepfit/fit/testing';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { brokenBackend, type Defect, registerOther } from './broken-backend.js';

let cleanup = (): void => undefined;

beforeAll(async () => {
  await useBackend(cpuBackend());
  registerOther();
});

afterEach(async () => {
  cleanup();
  await useBackend(cpuBackend());
});

type Options = Omit<BackendConformanceOptions, 'test' | 'stock'>;

/**
 * Runs the tests of the kit whose names begin so; gives the names of all tests and the messages of those that
 * failed.
 */
async function runKit(
  options: Options,
  only: RegExp,
): Promise<{ names: string[]; failed: Map<string, string> }> {
  const tests: [string, () => Promise<void>][] = [];
  backendConformance({
    test: (name, run) => tests.push([name, run]),
    stock: async () => undefined,
    ...options,
  });
  const failed = new Map<string, string>();
  for (const [name, run] of tests.filter(([title]) => only.test(title)))
    await run().catch((error: unknown) => failed.set(name, String(error)));
  return { names: tests.map(([name]) => name), failed };
}

const UNGRADED = /^(?!gradients)/;

const BROKEN: [Defect, string][] = [
  ['computes a gradient wrongly', 'gradients: maxPool of [4,4] by [2,2], stride 2, pad valid'],
  ['computes a gradient wrongly', 'train: to the losses of every other backend'],
  ['computes a value wrongly', 'gradients: relu at its kinks'],
  ['gives NaN', 'gradients: tanh'],
  [
    'writes an update into the variable',
    'capture: holds the weights of its instant, unread, while training goes on',
  ],
  [
    'writes an update into the variable',
    'resume: from a backup that was read steps later, with the bits of a run without a crash',
  ],
  [
    'writes an update into the variable',
    "optimizers: adam updates to the bits of tfjs' own ops, in new memory",
  ],
  ['rounds an update otherwise', "optimizers: adam updates to the bits of tfjs' own ops, in new memory"],
  ['computes something else each time', 'train: repeats itself bit for bit'],
  ['frees not all that it allocates', 'hygiene: training on leaves no tensor and no memory behind'],
  ['keeps tensors', 'hygiene: training on leaves no tensor and no memory behind'],
  ['keeps tensors', 'gradients: relu at its kinks'],
  ['says that it started, and did not', 'start: makes it the backend of tfjs'],
  ['leaves its kernels behind', "start: stop puts tfjs' own kernels back"],
  ['starts but once', 'start: after a stop it starts again as it did'],
  ['forgets all numbers at stop', 'start: tensors outlive a stop'],
  ['listens to the process', 'hygiene: no listener of the process is left'],
  ['has another version each time', 'start: with the same kernels each time'],
  ['has another version after each start', 'start: with the same kernels after each start'],
  ['names a gradient that there is not', 'start: names only gradients that there are'],
  [
    'says of a start that failed that it succeeded',
    'start: when it cannot, says so and leaves nothing behind',
  ],
  ['throws where it cannot start', 'start: when it cannot, says so and leaves nothing behind'],
  ['registers its kernels before it knows', 'start: when it cannot, says so and leaves nothing behind'],
  ['makes itself the backend before it knows', 'start: when it cannot, says so and leaves nothing behind'],
];

test('a backend that keeps all rules passes every test, and each has a name of its own', async () => {
  const { names, failed } = await runKit(
    { backend: () => cpuBackend(), unavailable: () => ({ ...cpuBackend(), start: async () => false }) },
    UNGRADED,
  );
  expect([...failed]).toEqual([]);
  expect(new Set(names).size).toBe(names.length);
});

test.each(BROKEN)('a backend that %s fails "%s"', async (defect, name) => {
  const { backend, unavailable, cleanup: repair } = brokenBackend(defect);
  cleanup = repair;
  const { names, failed } = await runKit(
    { backend, unavailable },
    new RegExp(`^${name.replaceAll(/[[\]]/g, '\\$&')}$`),
  );
  expect(names).toContain(name);
  expect([...failed.keys()]).toEqual([name]);
  expect(failed.get(name)).toMatch(/must/u);
});

test('a machine that cannot start it is not claimed by default, and that is seen', async () => {
  const { names } = await runKit({ backend: () => cpuBackend() }, /^nothing$/);
  expect(names).toContain('start: when it cannot: not claimed');
});

test('what is known to be wrong and is right fails, and so does a name that is not in the table', async () => {
  const { failed } = await runKit(
    { backend: () => cpuBackend(), known: { tanh: 'is it?', 'no such op': 'never was' } },
    /known to be wrong/,
  );
  expect(failed.get('gradients: known to be wrong: tanh (is it?)')).toMatch(/right now/);
  expect(failed.get('gradients: what is known to be wrong is in the table')).toMatch(/no such op/);
});

test('no two gradient cases have one name', () => {
  const names = gradientCases().map(({ name }) => name);
  expect(names.length).toBeGreaterThan(380);
  expect(new Set(names).size).toBe(names.length);
});

import { expect, test } from 'vitest';
import { storeConformance } from '../../src/testing/index.js';
import { type FaultDefect, stepsStore } from './steps-store.js';

/** Runs the group faults; gives the names of its tests, and the messages of those that failed. */
async function runFaults(defect?: FaultDefect): Promise<{ names: string[]; failed: Map<string, string> }> {
  const tests: [string, () => Promise<void>][] = [];
  const { supports } = stepsStore().store;
  storeConformance({
    test: (name, run) => tests.push([name, run]),
    make: () => stepsStore(),
    makeFaulty: () => stepsStore(defect),
    supports,
  });
  const faults = tests.filter(([name]) => name.startsWith('faults: '));
  const failed = new Map<string, string>();
  for (const [name, run] of faults)
    await run().catch((error: unknown) => failed.set(name, (error as Error).message));
  return { names: faults.map(([name]) => name), failed };
}

test('a store that is whole whatever fails passes', async () => {
  const { names, failed } = await runFaults();
  expect([...failed]).toEqual([]);
  expect(names).toHaveLength(10);
});

test.each<[FaultDefect, RegExp, RegExp]>([
  ['writes in place', /of a set fails once/, /whole old or the whole new/],
  ['takes a write for done that was not', /of a set fails once/, /whole old or the whole new/],
  ['forgets the error of the replacement', /of a set fails once/, /that resolved must have stored/],
  ['takes a failed read for an absence', /of a get fails once/, /must not give undefined/],
  ['forgets the error of a delete', /of a delete fails once/, /that resolved must have deleted/],
  ['takes a failed list for an empty one', /of keys fails once/, /must reject or list "backup"/],
  ['stays locked after a failure', /of a set fails once/, /another set has not ended/],
])('a store that %s fails %s', async (defect, name, message) => {
  const { failed } = await runFaults(defect);
  expect([...failed].some(([failing, said]) => name.test(failing) && message.test(said))).toBe(true);
});

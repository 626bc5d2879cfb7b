import { cpuBackend } from '@keepfit/backend-cpu';
import { useBackend } from '@keepfit/fit';
import { engineConformance, type EngineConformanceOptions } from '@keepfit/fit/testing';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { sample } from '../../../../test/setup/sample.js';
import { BROKEN, leftTimers } from './broken-engines.js';
import { replicaEngine } from './replica-engine.js';

beforeAll(() => useBackend(cpuBackend()));

afterEach(() => leftTimers.splice(0).forEach(clearInterval));

interface KitRun {
  readonly names: string[];
  /** The failed tests, with the messages. */
  readonly failed: Record<string, string>;
  /** The skipped tests, with the reasons. */
  readonly skipped: Record<string, string>;
}

/** Runs the tests of the kit with these names. */
async function runKit(
  options: Omit<EngineConformanceOptions, 'test'>,
  only: (name: string) => boolean = () => true,
): Promise<KitRun> {
  const tests: [string, () => Promise<void>][] = [];
  const [failed, skipped]: Record<string, string>[] = [{}, {}];
  engineConformance({
    test: (name, run) => tests.push([name, run]),
    skip: (name, reason) => (skipped![name] = reason),
    ...options,
  });
  for (const [name, run] of tests.filter(([title]) => only(title)))
    await run().catch((error: unknown) => (failed![name] = String(error)));
  return { names: tests.map(([name]) => name), failed: failed!, skipped: skipped! };
}

describe('an engine that keeps all rules passes', () =>
  engineConformance({
    test,
    createEngine: ({ workers }) => replicaEngine(workers),
    workers: sample([1, 2, 3, 4], 2),
  }));

test('each test has a name of its own', async () => {
  const { names } = await runKit({ createEngine: ({ workers }) => replicaEngine(workers) }, () => false);
  expect(new Set(names).size).toBe(names.length);
});

test.each(BROKEN)('an engine that %s fails "%s"', async (_, name, message, change) => {
  const { failed } = await runKit(
    { createEngine: ({ workers }) => replicaEngine(workers, change()), workers: [3] },
    (title) => title === name,
  );
  expect(failed).toEqual({ [name]: expect.stringMatching(message) as string });
});

test('what the engine has no hook for is skipped', async () => {
  const createEngine = ({ workers }: { workers: number }) => replicaEngine(workers).engine;
  const { failed, skipped } = await runKit({ createEngine }, (name) => /^(kills|resize|answers)/.test(name));
  expect(failed).toEqual({});
  expect(new Set(Object.values(skipped))).toEqual(
    new Set(['kill', 'resize', 'intercept'].map((hook) => `createEngine gives no ${hook}`)),
  );
});

import { cpuBackend } from '@keepfit/backend-cpu';
import { useBackend } from '@keepfit/fit';
import { engineConformance } from '@keepfit/fit/testing';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { sample } from '../../../../test/setup/sample.js';
import { leftTimers } from './broken-engines.js';
import { runEngineKit, testBrokenEngines } from './run-engine-kit.js';
import { replicaEngine } from './replica-engine.js';

beforeAll(() => useBackend(cpuBackend()));

afterEach(() => leftTimers.splice(0).forEach(clearInterval));

describe('an engine that keeps all rules passes', () =>
  engineConformance({
    test,
    createEngine: ({ workers }) => replicaEngine(workers),
    workers: sample([1, 2, 3, 4], 2),
  }));

test('each test has a name of its own', async () => {
  const { names } = await runEngineKit(
    { createEngine: ({ workers }) => replicaEngine(workers) },
    () => false,
  );
  expect(new Set(names).size).toBe(names.length);
});

// `npm run test:long` has the others.
testBrokenEngines();

test('what the engine has no hook for is skipped', async () => {
  const createEngine = ({ workers }: { workers: number }) => replicaEngine(workers).engine;
  const { failed, skipped } = await runEngineKit({ createEngine }, (name) =>
    /^(kills|resize|answers)/.test(name),
  );
  expect(failed).toEqual({});
  expect(new Set(Object.values(skipped))).toEqual(
    new Set(['kill', 'resize', 'intercept'].map((hook) => `createEngine gives no ${hook}`)),
  );
});

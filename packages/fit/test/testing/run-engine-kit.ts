import { engineConformance, type EngineConformanceOptions } from '@keepfit/fit/testing';
import { expect, test } from 'vitest';
import { inLongRun, sample } from '../../../../test/setup/sample.js';
import { BROKEN } from './broken-engines.js';
import { replicaEngine } from './replica-engine.js';

interface KitRun {
  readonly names: string[];
  /** The failed tests, with the messages. */
  readonly failed: Record<string, string>;
  /** The skipped tests, with the reasons. */
  readonly skipped: Record<string, string>;
}

/** Runs the tests of the kit with these names. */
export async function runEngineKit(
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

/** Registers, for each broken engine, the test that the kit finds it. */
export function testBrokenEngines(): void {
  test.each(sample(BROKEN, 4, inLongRun ? 2 : 0))(
    'an engine that %s fails "%s"',
    async (_, name, message, change) => {
      const { failed } = await runEngineKit(
        { createEngine: ({ workers }) => replicaEngine(workers, change()), workers: [3] },
        (title) => title === name,
      );
      expect(failed).toEqual({ [name]: expect.stringMatching(message) as string });
    },
  );
}

import type { CheckpointStore, StoreSupports } from '../../src/contract/checkpoint-store.js';
import { storeConformance, type StoreUnderTest } from '../../src/testing/index.js';

export interface KitRun {
  readonly names: string[];
  /** The skipped tests, with the reasons. */
  readonly skipped: Map<string, string>;
  /** The failed tests, with the messages. */
  readonly failed: Map<string, string>;
}

/** Runs the kit, or those of its tests that `only` names. */
export async function runKit(
  make: () => CheckpointStore | StoreUnderTest,
  supports: StoreSupports,
  only: (name: string) => boolean = () => true,
): Promise<KitRun> {
  const tests: [string, () => Promise<void>][] = [];
  const skipped = new Map<string, string>();
  storeConformance({
    test: (name, run) => tests.push([name, run]),
    skip: (name, reason) => skipped.set(name, reason),
    make,
    supports,
  });
  const failed = new Map<string, string>();
  for (const [name, run] of tests) {
    if (only(name)) await run().catch((error: unknown) => failed.set(name, (error as Error).message));
  }
  return { names: tests.map(([name]) => name), skipped, failed };
}

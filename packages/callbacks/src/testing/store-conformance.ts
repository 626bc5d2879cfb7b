import type { CheckpointStore, StoreSupports } from '../contract/checkpoint-store.js';
import { assertThat } from './assertions.js';
import { testBytes } from './bytes-tests.js';
import { testCorruption } from './corruption-tests.js';
import { testDurability } from './durability-tests.js';
import { testFaults } from './fault-tests.js';
import { testFencing } from './fencing-tests.js';
import { testHygiene } from './hygiene-tests.js';
import { testKills } from './kill-tests.js';
import { testLocks } from './lock-tests.js';
import { testNames } from './names-tests.js';
import { testReplacing } from './replace-tests.js';
import type { FaultySubject, KillableSubject, StoreKit, StoreUnderTest } from './subjects.js';

export interface StoreConformanceOptions {
  /**
   * Registers one test: `test` of Vitest or node:test, `it` of mocha, or your own function. The tests must
   * run one after the other because some watch the process or the console.
   */
  readonly test: (name: string, run: () => Promise<void>) => unknown;
  /** Creates a fresh, empty store; called once per test. */
  readonly make: () => CheckpointStore | StoreUnderTest | Promise<CheckpointStore | StoreUnderTest>;
  /**
   * The claims of the store. Each claim is tested; for each missing one, a test named "… not claimed" is
   * registered.
   */
  readonly supports: StoreSupports;
  /**
   * Creates a fresh, empty store as `make` does, over a medium that fails on command. Called once for each
   * failing operation.
   *
   * @default none: the group faults is registered as "not claimed"
   */
  readonly makeFaulty?: () => FaultySubject | Promise<FaultySubject>;
  /**
   * Creates a fresh, empty store with a writer that can be killed: a process, a browser. Called once for each
   * of two tests, which kill four times in total, so they take as long as four processes need to start.
   *
   * @default none: the group kills is registered as "not claimed"
   */
  readonly makeKillable?: () => KillableSubject | Promise<KillableSubject>;
}

/**
 * Registers the tests that every `CheckpointStore` must pass, in the groups bytes, replace, names, fencing,
 * locks, durable, hygiene, corruption and, if `makeFaulty` and `makeKillable` are given, faults and kills.
 *
 * ```ts
 * const supports = { durable: false, fencing: true, locking: true };
 * storeConformance({ test, make: () => memoryStore(), supports });
 * ```
 *
 * The largest checkpoint it writes is 24 MiB, or less if `maxBytes` says so. It cannot show the effects of a
 * power cut: test those on your platform.
 */
export function storeConformance(options: StoreConformanceOptions): void {
  const kit = createKit(options);
  kit.test('supports: is what was claimed', async ({ store }) => {
    for (const name of ['durable', 'fencing', 'locking', 'maxBytes'] as const) {
      const [claimed, declared] = [options.supports[name], store.supports[name]];
      assertThat(
        claimed === declared,
        `store.supports.${name} must be ${String(claimed)}, but is ${String(declared)}`,
      );
    }
  });
  const groups = [
    testBytes,
    testReplacing,
    testNames,
    testFencing,
    testLocks,
    testDurability,
    testHygiene,
    testCorruption,
  ];
  for (const registerGroup of groups) registerGroup(kit);
  testFaults(kit, options.makeFaulty);
  testKills(kit, options.makeKillable);
}

function createKit({ test, make, supports }: StoreConformanceOptions): StoreKit {
  return {
    supports,
    test: (name, body) => {
      test(name, async () => {
        const made = await make();
        const subject: StoreUnderTest = 'store' in made ? made : { store: made };
        try {
          await body(subject);
        } finally {
          await subject.cleanup?.();
        }
      });
    },
    notClaimed: (group) => void test(`${group}: not claimed`, async () => undefined),
  };
}

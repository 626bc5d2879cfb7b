import type { CheckpointStore, StoreSupports } from '../contract/checkpoint-store.js';
import { assertThat } from './assert-that.js';
import { testFaults } from './fault-tests.js';
import type { FaultySubject } from './faulty-subject.js';
import { testBytes } from './bytes-tests.js';
import { testCorruption } from './corruption-tests.js';
import { testDurability } from './durability-tests.js';
import { testFencing } from './fencing-tests.js';
import { testHygiene } from './hygiene-tests.js';
import { testKills } from './kill-tests.js';
import type { KillableSubject } from './killable-subject.js';
import { testLocks } from './lock-tests.js';
import { testNames } from './names-tests.js';
import { testReplacing } from './replace-tests.js';
import type { StoreKit } from './store-kit.js';
import type { StoreUnderTest } from './store-under-test.js';

export interface StoreConformanceOptions {
  /**
   * Registers one test: `test` of Vitest or node:test, `it` of mocha, or a function of your own. The tests run one after the other, for
   * some look at what the process or the console gets.
   */
  readonly test: (name: string, run: () => Promise<void>) => unknown;
  /** Makes a fresh, empty store; called once a test. */
  readonly make: () => CheckpointStore | StoreUnderTest | Promise<CheckpointStore | StoreUnderTest>;
  /** What the store claims. What is claimed is tested; what is not is registered as a test named "… not claimed". */
  readonly supports: StoreSupports;
  /**
   * Makes a fresh, empty store as `make` does, over something that can be told to fail. Called once for each operation that fails.
   *
   * @default none: the group faults is registered as "not claimed"
   */
  readonly makeFaulty?: () => FaultySubject | Promise<FaultySubject>;
  /**
   * Makes a fresh, empty store that something writes to which can be killed: a process, a browser. Called once for each of two tests,
   * which kill four times in all, so they take as long as four processes need to start.
   *
   * @default none: the group kills is registered as "not claimed"
   */
  readonly makeKillable?: () => KillableSubject | Promise<KillableSubject>;
}

/**
 * Registers the tests that every `CheckpointStore` must pass, in the groups bytes, replace, names, fencing, locks, durable, hygiene,
 * corruption and, where `makeFaulty` and `makeKillable` are given, faults and kills.
 *
 * ```ts
 * storeConformance({ test, make: () => memoryStore(), supports: { durable: false, fencing: true, locking: true } });
 * ```
 *
 * The largest checkpoint it writes is 24 MiB, less where `maxBytes` says so. What only a power cut can show is not in here: test that on
 * your platform.
 */
export function storeConformance(options: StoreConformanceOptions): void {
  const kit = kitOf(options);
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

function kitOf({ test, make, supports }: StoreConformanceOptions): StoreKit {
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

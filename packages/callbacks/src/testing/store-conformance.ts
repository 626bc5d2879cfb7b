import type { CheckpointStore, StoreSupports } from '../contract/checkpoint-store.js';
import { assertThat } from './assertions.js';
import { testBlockedHolders } from './blocked-tests.js';
import { testBytes } from './bytes-tests.js';
import { testCorruption } from './corruption-tests.js';
import { testDeletes } from './delete-tests.js';
import { testDurability } from './durability-tests.js';
import { testFaults } from './fault-tests.js';
import { testFencing } from './fencing-tests.js';
import { testFencingRaces } from './fencing-races.js';
import { testHygiene } from './hygiene-tests.js';
import { testKeys } from './keys-tests.js';
import { testKills } from './kill-tests.js';
import { testLocks } from './lock-tests.js';
import { testLostLocks } from './lost-lock-tests.js';
import { testNames } from './names-tests.js';
import { testReaders } from './reader-tests.js';
import { testReplacing } from './replace-tests.js';
import {
  type FaultySubject,
  type KillableSubject,
  NotClaimed,
  type StoreKit,
  type StoreUnderTest,
} from './subjects.js';
import { testVersions } from './version-tests.js';

export interface StoreConformanceOptions {
  /**
   * Registers one test: `test` of Vitest or node:test, `it` of mocha, or your own function. The tests must
   * run one after the other because some watch the process or the console.
   */
  readonly test: (name: string, run: () => Promise<void>) => unknown;
  /** Creates a fresh, empty store; called once per test. */
  readonly make: () => CheckpointStore | StoreUnderTest | Promise<CheckpointStore | StoreUnderTest>;
  /**
   * Registers a skipped test, named "… not claimed", for what the store does not claim.
   *
   * Some tests know only when they run, because they ask the store or what `make` returns. They skip
   * themselves by the context that `test` passes to `run` (Vitest, node:test), or else by this function.
   *
   * @default test.skip, as Vitest, node:test and mocha have it; without one, nothing is registered
   */
  readonly skip?: (name: string, reason: string) => unknown;
  /** The claims of the store. Each claim is tested; for each missing one, a skipped test is registered. */
  readonly supports: StoreSupports;
  /**
   * Creates a fresh, empty store as `make` does, over a medium that fails on command. Called once for each
   * failing operation.
   *
   * @default none: the group faults is skipped
   */
  readonly makeFaulty?: () => FaultySubject | Promise<FaultySubject>;
  /**
   * Creates a fresh, empty store with a writer that can be killed: a process, a browser. Called once for each
   * of two tests, which kill four times in total, so they take as long as four processes need to start.
   *
   * @default none: the group kills is skipped
   */
  readonly makeKillable?: () => KillableSubject | Promise<KillableSubject>;
  /**
   * How many keys one test stores, to see that `keys` lists all of them and not only a first page.
   *
   * @default 2500
   */
  readonly manyKeys?: number;
}

/**
 * Registers the tests that every `CheckpointStore` must pass, in the groups bytes, versions, replace, names,
 * keys, delete, fencing, locks, durable, hygiene, corruption and, if `makeFaulty` and `makeKillable` are
 * given, faults and kills.
 *
 * ```ts
 * const supports = { durable: false, fencing: true, locking: true };
 * storeConformance({ test, make: () => memoryStore(), supports });
 * ```
 *
 * The largest checkpoint it writes is 24 MiB, or less if `maxBytes` says so. It moves and stops the clock that
 * JavaScript sees, and blocks the event loop for 300 ms. It cannot show the effects of a power cut: test those
 * on your platform.
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
    const { name } = store;
    assertThat(
      name === undefined || (typeof name === 'string' && name !== ''),
      'store.name must be a text that messages can show, or absent',
    );
  });
  const groups = [
    testBytes,
    testVersions,
    testReplacing,
    testReaders,
    testNames,
    testKeys,
    testDeletes,
    testFencing,
    testFencingRaces,
    testLocks,
    testBlockedHolders,
    testLostLocks,
    testDurability,
    testHygiene,
    testCorruption,
  ];
  for (const registerGroup of groups) registerGroup(kit);
  testFaults(kit, options.makeFaulty);
  testKills(kit, options.makeKillable);
}

function createKit(options: StoreConformanceOptions): StoreKit {
  const { test, make, supports, manyKeys = 2500 } = options;
  const skip = options.skip ?? getSkip(test);

  async function run(body: (subject: StoreUnderTest) => Promise<void>): Promise<void> {
    const made = await make();
    const subject: StoreUnderTest = 'store' in made ? made : { store: made };
    try {
      await body(subject);
    } finally {
      await subject.cleanup?.();
    }
  }

  return {
    supports,
    manyKeys,
    test: (name, body) => {
      const runOrSkip = async (...[context]: readonly unknown[]): Promise<void> => {
        try {
          await run(body);
        } catch (error) {
          if (!(error instanceof NotClaimed)) throw error;
          if (!skipByContext(context, error.message)) options.skip?.(name, error.message);
        }
      };
      // Runners read how many parameters a function has, or how they are written: show them none.
      test(name, runOrSkip.bind(undefined));
    },
    notClaimed: (group, reason) => void skip?.(`${group}: not claimed`, reason),
  };
}

type Skip = NonNullable<StoreConformanceOptions['skip']>;

/** The function that registers skipped tests beside `test`, if there is one. */
function getSkip(test: StoreConformanceOptions['test']): Skip | undefined {
  const { skip } = test as { skip?: (name: string, run: () => void) => unknown };
  return typeof skip === 'function' ? (name) => skip.call(test, name, () => undefined) : undefined;
}

/** Skips the running test if its runner has passed a context that can; returns whether it could. */
function skipByContext(context: unknown, reason: string): boolean {
  const { skip } = (context ?? {}) as { skip?: (reason: string) => void };
  if (typeof skip !== 'function') return false;
  skip.call(context, `not claimed: ${reason}`);
  return true;
}

import { testAnswers } from './engines/answer-tests.js';
import { testBits } from './engines/bits-tests.js';
import { testCrashes } from './engines/crash-tests.js';
import { type EngineKit, type EngineUnderTest, NotClaimed } from './engines/engine-kit.js';
import { testEngineHygiene } from './engines/hygiene-tests.js';
import { testInference } from './engines/inference-tests.js';
import { testKills } from './engines/kill-tests.js';
import { testRefusals } from './engines/refusal-tests.js';
import { type Outcome, train } from './engines/train-on-engine.js';
import type { Engine } from '../contract/engine.js';

export interface EngineConformanceOptions {
  /**
   * Registers one test: `test` of Vitest or node:test, `it` of mocha, or your own function. Tests must run
   * one after the other.
   */
  readonly test: (name: string, run: () => Promise<void>) => unknown;
  /**
   * Creates an engine of so many workers that compute `createEngineTraining()`. Called once or several times a test.
   */
  readonly createEngine: (options: {
    readonly workers: number;
  }) => Engine | EngineUnderTest | Promise<Engine | EngineUnderTest>;
  /**
   * The numbers of workers whose bits are compared with those of this thread. Fewer save time if workers start slowly.
   *
   * @default [1, 2, 3, 4]
   */
  readonly workers?: readonly number[];
  /**
   * Tells that a test was skipped because `createEngine` gives no hook for it, and why.
   *
   * @default the test skips itself by the context that `test` passes to `run` (Vitest, node:test), or else passes
   */
  readonly skip?: (name: string, reason: string) => unknown;
}

/**
 * Registers the tests that every `Engine` must pass, in the groups bits, weights, inference, turns, kills, resize,
 * crash, answers, refusal, errors and hygiene.
 *
 * ```ts
 * engineConformance({ test, createEngine: ({ workers }) => threads({ workers, module }) });
 * ```
 *
 * The kit runs on the backend in use. Its trainings take milliseconds, so the time goes into starting workers: about
 * a hundred with the default `workers`.
 */
export function engineConformance(options: EngineConformanceOptions): void {
  const kit = createKit(options);
  for (const registerGroup of [
    testBits,
    testInference,
    testKills,
    testCrashes,
    testAnswers,
    testRefusals,
    testEngineHygiene,
  ])
    registerGroup(kit);
}

function createKit({
  test,
  createEngine,
  workers = [1, 2, 3, 4],
  skip,
}: EngineConformanceOptions): EngineKit {
  const alone = new Map<string, Promise<Outcome>>();
  return {
    workers,
    several: 2,
    trainAlone(options = {}) {
      const key = JSON.stringify(options);
      const outcome = alone.get(key) ?? train(options);
      alone.set(key, outcome);
      return outcome;
    },
    test(name, body) {
      const run = async (...[context]: readonly unknown[]): Promise<void> => {
        const subjects: EngineUnderTest[] = [];
        try {
          await body(async (count) => {
            const made = await createEngine({ workers: count });
            const subject: EngineUnderTest = 'engine' in made ? made : { engine: made };
            subjects.push(subject);
            return subject;
          });
        } catch (error) {
          if (!(error instanceof NotClaimed)) throw error;
          if (!skipByContext(context, error.message)) skip?.(name, error.message);
        } finally {
          for (const subject of subjects) await subject.cleanup?.();
        }
      };
      // Runners read how many parameters a function has, or how they are written: show them none.
      test(name, run.bind(undefined));
    },
  };
}

/** Skips the running test if its runner has passed a context that can; returns whether it could. */
function skipByContext(context: unknown, reason: string): boolean {
  const { skip } = (context ?? {}) as { skip?: (reason: string) => void };
  if (typeof skip !== 'function') return false;
  skip.call(context, `not claimed: ${reason}`);
  return true;
}

import type { Engine } from '../../contract/engine.js';
import type { Outcome, PlainRunOptions } from './train-on-engine.js';

/** An engine with the hooks of the kit. The more hooks, the more is tested. */
export interface EngineUnderTest {
  readonly engine: Engine;
  /**
   * Kills so many workers at once and without a word: by `terminate`, SIGKILL, by closing a page. Those that compute
   * now die first. Called while the engine computes; resolves when they are dead.
   *
   * @default none: its tests are skipped
   */
  kill?(workers: number): void | Promise<void>;
  /**
   * Changes how many workers there are. Called while the engine computes.
   *
   * @default none: its tests are skipped
   */
  resize?(workers: number): void | Promise<void>;
  /**
   * From now on, the engine gets no answer of a worker by itself, but what `deliver` is called with, as if this
   * worker had sent it. An answer is whatever the engine's own protocol has: bytes, or plain data. The kit keeps
   * answers, and delivers them again, later, in another order, damaged, and after `end`.
   *
   * @default none: its tests are skipped
   */
  intercept?(relay: RelayAnswer): void;
  /**
   * What the engine has left behind, such as `thread 3` or `the file /dev/shm/weights`. Called some time after `end`;
   * waits for what still ends.
   *
   * @default none: only the handles that Node.js knows are counted
   */
  listLeftovers?(): readonly string[] | Promise<readonly string[]>;
  /** Runs after the test, whether it passed or failed. */
  cleanup?(): void | Promise<void>;
}

export type RelayAnswer = (answer: unknown, deliver: (answer: unknown) => void) => void;

/** Opens another engine of so many workers, in the same test. */
export type OpenEngine = (workers: number) => Promise<EngineUnderTest>;

/** The interface through which a group of conformance tests registers itself. */
export interface EngineKit {
  /** The numbers of workers, each at least 1. */
  readonly workers: readonly number[];
  /** How many workers there are if their number does not matter. */
  readonly several: number;
  /** Gives all that this thread gives without an engine. Computed once. */
  trainAlone(options?: PlainRunOptions): Promise<Outcome>;
  /** Registers a test. The engines that it opens are cleaned up after it. */
  test(name: string, body: (open: OpenEngine) => Promise<void>): void;
}

/** Ends a test as skipped because its subject does not claim what it tests. */
export class NotClaimed extends Error {}

/** Gives a hook of the engine, or ends the test as skipped. */
export function claim<Name extends 'kill' | 'resize' | 'intercept'>(
  subject: EngineUnderTest,
  name: Name,
): NonNullable<EngineUnderTest[Name]> {
  const hook = subject[name];
  if (hook === undefined) throw new NotClaimed(`createEngine gives no ${name}`);
  return hook.bind(subject) as NonNullable<EngineUnderTest[Name]>;
}

/** Waits for so many turns of the event loop. */
export async function waitForTurns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise<void>((resolve) => setTimeout(resolve, 0));
}

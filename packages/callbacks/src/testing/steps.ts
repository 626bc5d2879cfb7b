/** Waits until the event loop has turned. */
export function waitForTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

export interface StepCounts {
  readonly microtasks: number;
  readonly turns: number;
}

/**
 * Calls `act` at once, then after each of some microtasks, then after each of some turns of the event loop,
 * so that it hits the instants between two steps of what runs. Stops when that has settled.
 */
export async function actBetweenSteps(
  running: Promise<unknown>,
  { microtasks, turns }: StepCounts,
  act: () => void,
): Promise<void> {
  let isRunning = true;
  const stop = (): void => void (isRunning = false);
  running.then(stop, stop);
  act();
  for (let step = 0; isRunning && step < microtasks; step++) {
    await undefined;
    act();
  }
  for (let turn = 0; isRunning && turn < turns; turn++) {
    await waitForTurn();
    act();
  }
}

/** Waits for so many microtasks. */
export async function waitMicrotasks(count: number): Promise<void> {
  for (let step = 0; step < count; step++) await undefined;
}

/** How long the rounds of one test take in a slow store, in ms. */
const LONG_ENOUGH = 250;

/** Counts rounds from 0. In a slow store there are fewer than `most`, but at least `least`. */
export function* countRounds(most: number, least: number): Generator<number, void, undefined> {
  const begin = performance.now();
  for (let round = 0; round < most; round++) {
    if (round >= least && performance.now() - begin > LONG_ENOUGH) return;
    yield round;
  }
}

/** Returns a promise that is awaited later. Until then its failure is not reported as unhandled. */
export function awaitLater<Result>(promise: Promise<Result>): Promise<Result> {
  promise.catch(() => undefined);
  return promise;
}

/** The longest that a call may take which must not wait for another trainer, in ms. */
const LONGEST = 10_000;

/** Fails unless a call that must not wait for others settles within ten seconds. */
export async function settleSoon<Result>(call: Promise<Result>, what: string): Promise<Result> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`${what} must settle, but has not within ${LONGEST / 1000} s`)),
      LONGEST,
    );
  });
  try {
    return await Promise.race([call, late]);
  } finally {
    clearTimeout(timer);
  }
}

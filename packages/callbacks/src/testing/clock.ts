type Scheduler = (callback: (...values: unknown[]) => void, ...rest: unknown[]) => unknown;

/** What of the platform this file replaces for a while. */
const platform = globalThis as unknown as {
  Date: DateConstructor;
  setTimeout: Scheduler;
  setInterval: Scheduler;
  clearTimeout(timer: unknown): void;
  clearInterval(timer: unknown): void;
};

/** A timer that was set since the clock is faked. */
interface Timer {
  readonly run: () => void;
  /** The time of the clock at which it runs. */
  readonly due: number;
  readonly isOnce: boolean;
}

/** Controls the clock and the timers that JavaScript sees, until it is restored. */
export interface FakedTime {
  /** Sets the clock forward by `ms`, or back. */
  shift(ms: number): void;
  /** Stops the clock. */
  freeze(): void;
  /**
   * Withholds the callbacks of all timers that exist, as a blocked event loop does for the thread that set
   * them. Timers set from now on work: they belong to others.
   */
  block(): void;
  /** Runs the withheld callbacks and what became due when the clock was shifted, and withholds no more. */
  unblock(): void;
  restore(): void;
}

/** Replaces `Date`, `performance.now`, and what sets and clears timers, by ones that the kit controls. */
export function fakeTime(): FakedTime {
  const { Date: realDate, setTimeout, setInterval, clearTimeout, clearInterval } = platform;
  const realNow = performance.now.bind(performance);
  const ownNow = Object.getOwnPropertyDescriptor(performance, 'now');
  let [offset, frozen, isBlocked] = [0, undefined as readonly [number, number] | undefined, false];
  const withheld: (() => void)[] = [];
  const timers = new Map<unknown, Timer>();
  const getDate = (): number => frozen?.[0] ?? realDate.now() + offset;

  const fakeDate = new Proxy(realDate, {
    apply: () => new realDate(getDate()).toString(),
    construct: (target, values, newTarget) =>
      Reflect.construct(target, values.length === 0 ? [getDate()] : values, newTarget) as object,
    get: (target, name) => (name === 'now' ? getDate : (Reflect.get(target, name) as unknown)),
  });
  const watch = (scheduler: Scheduler, isOnce: boolean): Scheduler =>
    new Proxy(scheduler, {
      apply: (target, self, [callback, ms, ...rest]: Parameters<Scheduler>) => {
        const isOfOthers = isBlocked;
        const gate = (...values: unknown[]): void => {
          if (isOnce) timers.delete(timer);
          if (isBlocked && !isOfOthers) withheld.push(() => callback(...values));
          else callback(...values);
        };
        const scope = self === undefined ? globalThis : self;
        const timer: unknown = Reflect.apply(target, scope, [gate, ms, ...rest]);
        if (!isOfOthers)
          timers.set(timer, { run: () => callback(...rest), due: getDate() + Number(ms), isOnce });
        return timer;
      },
    });
  const forget =
    (clear: (timer: unknown) => void): ((timer: unknown) => void) =>
    (timer) => {
      timers.delete(timer);
      clear.call(globalThis, timer);
    };

  Object.assign(platform, {
    Date: fakeDate,
    setTimeout: watch(setTimeout, true),
    setInterval: watch(setInterval, false),
    clearTimeout: forget(clearTimeout),
    clearInterval: forget(clearInterval),
  });
  performance.now = () => frozen?.[1] ?? realNow() + offset;
  const unblock = (): void => {
    isBlocked = false;
    for (const run of withheld.splice(0)) run();
    if (offset <= 0) return;
    for (const [timer, { run, due, isOnce }] of [...timers]) {
      if (due > getDate() || !timers.has(timer)) continue;
      if (isOnce) platform.clearTimeout(timer);
      run();
    }
  };
  return {
    shift: (ms) => void (offset += ms),
    freeze: () => void (frozen = [getDate(), performance.now()]),
    block: () => void (isBlocked = true),
    unblock,
    restore: () => {
      if (isBlocked) unblock();
      Object.assign(platform, { Date: realDate, setTimeout, setInterval, clearTimeout, clearInterval });
      Reflect.deleteProperty(performance, 'now');
      if (ownNow !== undefined) Object.defineProperty(performance, 'now', ownNow);
    },
  };
}

/** Blocks the event loop for so many real milliseconds. */
export function blockEventLoop(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

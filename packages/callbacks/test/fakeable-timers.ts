// keepfit takes its timers when it is loaded. These are looked up at each call, so that a test can fake them.
export const setTimeout: typeof globalThis.setTimeout = ((
  ...call: Parameters<typeof globalThis.setTimeout>
) => globalThis.setTimeout(...call)) as typeof globalThis.setTimeout;
export const clearTimeout: typeof globalThis.clearTimeout = (timer) => globalThis.clearTimeout(timer);
export const now = (): number => performance.now();

/** Milliseconds of training over which the speed is measured. */
const SPAN = 2000;

/**
 * Creates a function to call after each batch, with the time in milliseconds. It returns how many batches per second
 * were trained lately, and undefined after the first batch.
 */
export function measureSpeed(): (now: number) => number | undefined {
  const times: number[] = [];
  return (now) => {
    times.push(now);
    // Of two batches that took longer than the span, both are kept.
    while (times.length > 2 && now - (times[0] ?? now) > SPAN) times.shift();
    const passed = now - (times[0] ?? now);
    return passed === 0 ? undefined : ((times.length - 1) * 1000) / passed;
  };
}

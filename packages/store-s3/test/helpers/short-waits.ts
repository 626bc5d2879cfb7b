import { timers } from '@keepfit/callbacks/internal';

/**
 * Makes waits below 10 s `times` times as short: pauses between tries and those of leases with the ttl of 27 s. Time-outs
 * of requests stay. Returns the function that undoes it.
 */
export function shortenWaits(times = 100): () => void {
  const { setTimeout } = timers;
  timers.setTimeout = (run, ms) => setTimeout(run, ms < 10_000 ? ms / times : ms);
  return () => void (timers.setTimeout = setTimeout);
}

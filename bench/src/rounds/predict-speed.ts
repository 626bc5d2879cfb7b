/** A training whose speed is predicted. */
export interface Load {
  /** Bytes of all weights. */
  readonly bytes: number;
  /** Seconds that a worker computes for one sample. */
  readonly secondsPerSample: number;
  readonly workers: number;
  /** Samples of one worker in one step. */
  readonly rows: number;
}

/** Bytes that one worker's line carries for each sample that it computes: weights come, a sum or a change goes. */
export function getBytesPerSample({ bytes, rows }: Load, localSteps: number): number {
  return (2 * bytes) / (rows * Math.max(1, localSteps));
}

/**
 * Predicts samples per second of all workers: they compute, and then exchange, one after the other. The line of each
 * worker is the bottleneck, so the coordinator needs `workers` times as much.
 *
 * @param bitsPerSecond Of a worker's line, in each direction.
 */
export function predictSpeed(load: Load, localSteps: number, bitsPerSecond: number): number {
  const transfer = (8 * getBytesPerSample(load, localSteps)) / bitsPerSecond;
  return load.workers / (load.secondsPerSample + transfer);
}

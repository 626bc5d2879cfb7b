/** What a checkpoint says of itself, beside the training in it. */
export interface CheckpointHeader {
  /** The run that wrote it: the same through every resume. */
  readonly runId: string;
  /** Counts the backups of a run, so that of two checkpoints the newer is known. A safe integer of at least 0. */
  readonly generation: number;
  /** When it was captured: ISO 8601 in UTC, as `toISOString` writes it. */
  readonly savedAt: string;
  /** The version of keepfit that wrote it. */
  readonly library: string;
}

/** Whether a value is a time in UTC as `toISOString` writes it, for instance `2026-01-31T08:15:00.000Z`. */
export function isIsoTime(value: unknown): value is string {
  if (typeof value !== 'string') return false;
  const time = new Date(value);
  return !Number.isNaN(time.getTime()) && time.toISOString() === value;
}

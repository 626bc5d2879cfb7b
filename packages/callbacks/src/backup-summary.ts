/** A backup in a few words. */
export interface BackupSummary {
  /** The epoch at hand, from 0. */
  readonly epoch: number;
  /** How many batches of that epoch are trained. */
  readonly batch: number;
  /** How many batches are trained since epoch 0. */
  readonly step: number;
  readonly savedAt: Date;
  /** The version of keepfit that wrote it. */
  readonly library: string;
}

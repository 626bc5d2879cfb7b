/**
 * Losses and metrics by their Keras names (`loss`, `accuracy`, `val_loss`), as plain numbers. Hooks of one
 * point share one object.
 */
export interface Logs {
  loss: number;
  [key: string]: number;
}

/** The logs of any training loop, for a callback that does not need the loss. */
export type LogValues = Readonly<Record<string, number>>;

/** Hooks at a beginning get no logs, as in Keras. */
export type BeginLogs = Readonly<Record<string, never>>;

/**
 * Losses and metrics by their Keras names (`loss`, `accuracy`, `val_loss`), as plain numbers. Hooks of one
 * point share one object.
 */
export interface Logs {
  loss: number;
  [key: string]: number;
}

/** Logs as a callback reads them that does without the loss: those of any loop. */
export type LogValues = Readonly<Record<string, number>>;

/** The logs of a hook at the beginning of something: none, as in Keras. */
export type BeginLogs = Readonly<Record<string, never>>;

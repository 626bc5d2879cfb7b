/**
 * Losses and metrics by their Keras names (`loss`, `accuracy`, `val_loss`), as plain numbers. Hooks of one
 * point share one object.
 */
export type Logs = Record<string, number>;

import type { CallbackHooks, Logs } from 'keepfit';

/** Points of a curve over the training steps. */
export interface Curve {
  readonly steps: readonly number[];
  readonly loss: readonly number[];
  readonly accuracy: readonly number[];
}

/**
 * Creates a callback that collects the running loss and accuracy of every n-th batch. The checkpoint has
 * them, so a resumed curve is whole.
 */
export function collectLossCurve(every: number, show: (curve: Curve) => void): CallbackHooks {
  let step = 0;
  let curve: { steps: number[]; loss: number[]; accuracy: number[] } = { steps: [], loss: [], accuracy: [] };
  return {
    name: 'DigitsCurve',
    batchLogs: true,
    getState: () => ({
      step,
      steps: Float64Array.from(curve.steps),
      loss: Float64Array.from(curve.loss),
      accuracy: Float64Array.from(curve.accuracy),
    }),
    setState(state) {
      step = Number(state['step']);
      curve = {
        steps: toNumbers(state['steps']),
        loss: toNumbers(state['loss']),
        accuracy: toNumbers(state['accuracy']),
      };
      show(curve);
    },
    onTrainBatchEnd(_batch: number, logs: Logs) {
      step += 1;
      if (step % every !== 0) return;
      curve.steps.push(step);
      curve.loss.push(logs['loss'] ?? Number.NaN);
      curve.accuracy.push(logs['accuracy'] ?? Number.NaN);
      show(curve);
    },
  };
}

function toNumbers(value: unknown): number[] {
  return Array.from(value as Float64Array);
}

import type { CallbackHooks, Logs } from '@keepfit/callbacks';

/** Points of a curve over the steps trained. */
export interface Curve {
  readonly steps: readonly number[];
  readonly loss: readonly number[];
  readonly accuracy: readonly number[];
}

/** A callback that collects every n-th batch's running loss and accuracy. They are in the checkpoint, so that a resumed curve is whole. */
export function lossCurve(every: number, show: (curve: Curve) => void): CallbackHooks {
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
        steps: numbers(state['steps']),
        loss: numbers(state['loss']),
        accuracy: numbers(state['accuracy']),
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

function numbers(value: unknown): number[] {
  return Array.from(value as Float64Array);
}

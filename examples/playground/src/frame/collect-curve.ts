import type { CallbackHooks, Logs } from 'keepfit';
import type { PlaygroundCurve } from '../messages.js';

/** Points of the curve. If a training has more, every second one is left out. */
const MOST = 2000;

/** Milliseconds between two reports: nobody reads faster, and drawing takes time. */
const EVERY = 200;

/**
 * Creates a callback that collects the loss of each batch and of each validation. The checkpoint has them, so a
 * resumed curve is whole.
 */
export function collectCurve(show: (curve: PlaygroundCurve) => void): CallbackHooks {
  let step = 0;
  let stride = 1;
  let shownAt = -Infinity;
  let curve = {
    steps: [] as number[],
    loss: [] as number[],
    validationSteps: [] as number[],
    validationLoss: [] as number[],
  };
  return {
    name: 'PlaygroundCurve',
    batchLogs: true,
    getState: () => ({ step, stride, ...mapValues(curve, (values) => Float64Array.from(values)) }),
    setState(state) {
      step = Number(state['step']);
      stride = Number(state['stride']);
      curve = mapValues(curve, (_, key) => Array.from(state[key] as Float64Array));
      show(curve);
    },
    onTrainBatchEnd(_batch: number, logs: Logs) {
      step += 1;
      if (step % stride !== 0) return;
      curve.steps.push(step);
      curve.loss.push(logs['loss'] ?? Number.NaN);
      if (curve.steps.length > MOST) {
        stride *= 2;
        for (const values of [curve.steps, curve.loss])
          values.splice(0, values.length, ...values.filter((_value, index) => index % 2 === 1));
      }
      if (performance.now() - shownAt < EVERY) return;
      shownAt = performance.now();
      show(curve);
    },
    onEpochEnd(_epoch: number, logs: Logs) {
      if (logs['val_loss'] === undefined) return;
      curve.validationSteps.push(step);
      curve.validationLoss.push(logs['val_loss']);
    },
    onTrainEnd: () => show(curve),
  };
}

function mapValues<Key extends string, From, To>(
  record: Readonly<Record<Key, From>>,
  map: (value: From, key: Key) => To,
): Record<Key, To> {
  const entries = Object.entries(record) as [Key, From][];
  return Object.fromEntries(entries.map(([key, value]) => [key, map(value, key)])) as Record<Key, To>;
}

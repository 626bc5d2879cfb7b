import type { CallbackHooks, Logs } from 'keepfit';

/** The accuracy of a training by its steps. */
export interface Curve {
  /** The running accuracy of the epoch after each step. */
  readonly accuracy: readonly number[];
  /** The accuracy on other digits after each epoch, and the step of the epoch's end. */
  readonly validation: readonly (readonly [step: number, accuracy: number])[];
  /** The steps at which the training was continued by a page that was opened again. */
  readonly resumed: readonly number[];
  /** How many steps the whole training has. */
  readonly steps: number;
}

export const emptyCurve: Curve = { accuracy: [], validation: [], resumed: [], steps: 1 };

/** Collects the curve. The checkpoint has it, so a resumed one is whole. */
export function collectCurve(show: (curve: Curve, isResumed: boolean) => void): CallbackHooks {
  let curve = emptyCurve;
  const update = (change: Partial<Curve>, isResumed = false) => {
    curve = { ...curve, ...change };
    show(curve, isResumed);
  };
  return {
    name: 'TransferCurve',
    batchLogs: true,
    setParams: ({ steps, epochs }) => update({ steps: (steps ?? 1) * epochs }),
    getState: () => ({ curve: JSON.stringify(curve) }),
    setState({ curve: saved }) {
      const before = JSON.parse(saved as string) as Curve;
      const step = before.accuracy.length;
      const isEnded = step === before.steps;
      update({ ...before, resumed: isEnded ? before.resumed : [...before.resumed, step] }, true);
    },
    onTrainBatchEnd: (_batch: number, { accuracy = NaN }: Logs) =>
      update({ accuracy: [...curve.accuracy, accuracy] }),
    onEpochEnd: (_epoch: number, { val_accuracy: accuracy = NaN }: Logs) =>
      update({ validation: [...curve.validation, [curve.accuracy.length, accuracy]] }),
  };
}

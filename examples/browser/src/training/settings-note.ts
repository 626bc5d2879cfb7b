import type { CallbackHooks, SavedTraining, StateRecord } from 'keepfit';
import { backendKinds, modelKinds, type Settings } from './settings.js';

const NAME = 'DigitsSettings';

/** Creates a callback that keeps the settings in the checkpoint. */
export function noteSettings(settings: Settings): CallbackHooks {
  return { name: NAME, getState: () => ({ ...settings }), setState() {} };
}

/** Gets the settings of a checkpoint; undefined if another program made it. */
export function getSettings({ state }: SavedTraining): Settings | undefined {
  const { callbacks } = state;
  if (!Array.isArray(callbacks)) return undefined;
  const note = (callbacks as StateRecord[]).find(({ name }) => name === NAME)?.['state'] as
    | Partial<Settings>
    | undefined;
  const { model, backend, digits, epochs, saveFreq, workers = 0 } = note ?? {};
  const isKnown = modelKinds.some((kind) => kind === model) && backendKinds.some((kind) => kind === backend);
  const isWhole = [digits, epochs, saveFreq, workers].every((count) => Number.isSafeInteger(count));
  return isKnown && isWhole ? ({ ...note, workers } as Settings) : undefined;
}

import type { CallbackHooks, SavedTraining, StateRecord } from '@keepfit/callbacks';
import { backendKinds, modelKinds, type Settings } from './settings.js';

const NAME = 'DigitsSettings';

/** A callback that keeps the settings in the checkpoint. */
export function settingsNote(settings: Settings): CallbackHooks {
  return { name: NAME, getState: () => ({ ...settings }), setState() {} };
}

/** The settings that a checkpoint was made with; undefined where it is of another program. */
export function settingsOf({ state }: SavedTraining): Settings | undefined {
  const { callbacks } = state;
  if (!Array.isArray(callbacks)) return undefined;
  const note = (callbacks as StateRecord[]).find(({ name }) => name === NAME)?.['state'] as
    | Partial<Settings>
    | undefined;
  const { model, backend, digits, epochs, saveFreq } = note ?? {};
  const isKnown = modelKinds.some((kind) => kind === model) && backendKinds.some((kind) => kind === backend);
  const isWhole = [digits, epochs, saveFreq].every((count) => Number.isSafeInteger(count));
  return isKnown && isWhole ? (note as Settings) : undefined;
}

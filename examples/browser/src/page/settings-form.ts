import { backendKinds, modelKinds, type Settings, storeKinds, type StoreKind } from '../training/settings.js';
import { getElement } from './elements.js';

const form = () => getElement('settings', HTMLFormElement);

/** Reads the user's choices. */
export function readSettings(): Settings {
  const count = (name: string) => Math.round(Number(readValue(name)));
  return {
    model: findOneOf(modelKinds, readValue('model')),
    backend: findOneOf(backendKinds, readValue('backend')),
    digits: count('digits'),
    epochs: count('epochs'),
    saveFreq: count('saveFreq'),
    workers: count('workers'),
  };
}

export function readStore(): StoreKind {
  return findOneOf(storeKinds, readValue('store'));
}

/** Puts settings into the form, so that it shows the settings of the training. */
export function showSettings(settings: Partial<Settings> & { readonly store?: StoreKind }): void {
  for (const [name, value] of Object.entries(settings)) {
    const field = form().elements.namedItem(name);
    if (field instanceof HTMLInputElement || field instanceof HTMLSelectElement) field.value = String(value);
  }
}

/** Reads a field directly, because FormData omits fields that are disabled during training. */
function readValue(name: string): string {
  const field = form().elements.namedItem(name);
  return field instanceof HTMLInputElement || field instanceof HTMLSelectElement ? field.value : '';
}

function findOneOf<Kind extends string>(kinds: readonly Kind[], value: string): Kind {
  const kind = kinds.find((known) => known === value);
  if (kind === undefined) throw new Error(`expected one of ${kinds.join(', ')}, not "${value}"`);
  return kind;
}

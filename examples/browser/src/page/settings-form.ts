import { backendKinds, modelKinds, type Settings, storeKinds, type StoreKind } from '../training/settings.js';
import { element } from './elements.js';

const form = () => element('settings', HTMLFormElement);

/** What the person has chosen. */
export function chosenSettings(): Settings {
  const count = (name: string) => Math.round(Number(valueOf(name)));
  return {
    model: oneOf(modelKinds, valueOf('model')),
    backend: oneOf(backendKinds, valueOf('backend')),
    digits: count('digits'),
    epochs: count('epochs'),
    saveFreq: count('saveFreq'),
  };
}

export function chosenStore(): StoreKind {
  return oneOf(storeKinds, valueOf('store'));
}

/** Puts settings into the form, so that what is seen is what is trained. */
export function showSettings(settings: Partial<Settings> & { readonly store?: StoreKind }): void {
  for (const [name, value] of Object.entries(settings)) {
    const field = form().elements.namedItem(name);
    if (field instanceof HTMLInputElement || field instanceof HTMLSelectElement) field.value = String(value);
  }
}

/** Not by FormData, which leaves out what is disabled while training runs. */
function valueOf(name: string): string {
  const field = form().elements.namedItem(name);
  return field instanceof HTMLInputElement || field instanceof HTMLSelectElement ? field.value : '';
}

function oneOf<Kind extends string>(kinds: readonly Kind[], value: string): Kind {
  const kind = kinds.find((known) => known === value);
  if (kind === undefined) throw new Error(`expected one of ${kinds.join(', ')}, not "${value}"`);
  return kind;
}

import { element } from './elements.js';

/** What the page is doing. */
export type Mode = 'looking' | 'idle' | 'training' | 'pausing' | 'stopping';

const button = (id: string) => element(id, HTMLButtonElement);

/** Enables what can be done now, and nothing else. */
export function showMode(mode: Mode, hasBackup: boolean): void {
  const isIdle = mode === 'idle';
  button('train').disabled = !isIdle;
  button('train').textContent = hasBackup ? 'Continue' : 'Train';
  button('pause').disabled = mode !== 'training';
  button('stop').disabled = mode !== 'training';
  button('upload').disabled = !isIdle;
  button('forget').disabled = !(isIdle && hasBackup);
  button('download').disabled = !hasBackup || mode === 'looking';
  for (const field of element('settings', HTMLFormElement).elements) {
    if (field instanceof HTMLInputElement || field instanceof HTMLSelectElement) field.disabled = !isIdle;
  }
}

/** Shows an error with what can be done about it; hides the box where there is none. */
export function showError(
  message: string,
  remedies: readonly { readonly label: string; readonly act: () => void }[] = [],
): void {
  const box = element('error', HTMLDivElement);
  box.hidden = message === '';
  box.replaceChildren(message);
  if (remedies.length === 0) return;
  const row = document.createElement('p');
  row.className = 'buttons';
  for (const { label, act } of remedies) {
    const choice = document.createElement('button');
    choice.type = 'button';
    choice.textContent = label;
    choice.addEventListener('click', act);
    row.append(choice);
  }
  box.append(row);
}

import { getElement } from './elements.js';

/** The current activity of the page. */
export type Mode = 'looking' | 'idle' | 'training' | 'pausing' | 'stopping';

const button = (id: string) => getElement(id, HTMLButtonElement);

/** Enables the actions that are possible now, and disables all others. */
export function showMode(mode: Mode, hasBackup: boolean): void {
  const isIdle = mode === 'idle';
  button('train').disabled = !isIdle;
  button('train').textContent = hasBackup ? 'Continue' : 'Train';
  button('pause').disabled = mode !== 'training';
  button('stop').disabled = mode !== 'training';
  button('upload').disabled = !isIdle;
  button('forget').disabled = !(isIdle && hasBackup);
  button('download').disabled = !hasBackup || mode === 'looking';
  for (const field of getElement('settings', HTMLFormElement).elements) {
    if (field instanceof HTMLInputElement || field instanceof HTMLSelectElement) field.disabled = !isIdle;
  }
}

/** Shows an error with possible actions; hides the box if there is no error. */
export function showError(
  message: string,
  remedies: readonly { readonly label: string; readonly act: () => void }[] = [],
): void {
  const box = getElement('error', HTMLDivElement);
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

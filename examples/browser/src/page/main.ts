// The page sends orders to the worker and shows its reports. It computes nothing itself.
import 'uplot/dist/uPlot.min.css';
import './style.css';
import { persistStorage } from '@keepfit/callbacks';
import type { Order } from '../messages.js';
import { standardSettings, storeKinds } from '../training/settings.js';
import { getElement } from './elements.js';
import { rememberPause } from './memory.js';
import { readSettings, readStore, showSettings } from './settings-form.js';
import { Show } from './show.js';
import { showRoom } from './show-room.js';

const worker = new Worker(new URL('../worker/main.ts', import.meta.url), { type: 'module' });
const order = (message: Order) => worker.postMessage(message);
const show = new Show(order);

worker.addEventListener('message', ({ data }) => show.report(data));
worker.addEventListener('error', (event) =>
  show.report({
    kind: 'error',
    order: undefined,
    code: '',
    message: event.message || 'the worker could not be loaded',
  }),
);

on('settings', 'submit', (event) => {
  event.preventDefault();
  show.train(readStore(), readSettings());
  // Asked now, after a press of a button, because Firefox asks the user.
  void persistStorage().then(showRoom);
});
on('settings', 'change', (event) => {
  if (!(event.target instanceof HTMLSelectElement) || event.target.name !== 'store') return;
  show.look([readStore()]);
});
on('pause', 'click', () => {
  rememberPause(true);
  show.pause();
});
on('stop', 'click', () => show.stop());
on('forget', 'click', () => order({ kind: 'forget', store: readStore() }));
on('download', 'click', () => order({ kind: 'download', store: readStore() }));
on('upload', 'click', () => getElement('file', HTMLInputElement).click());
on('file', 'change', () => {
  const input = getElement('file', HTMLInputElement);
  const file = input.files?.[0];
  // Allows choosing the same file again.
  input.value = '';
  if (file === undefined) return;
  show.upload(readStore(), file);
});
// The last event that a closing page can rely on.
document.addEventListener(
  'visibilitychange',
  () => document.visibilityState === 'hidden' && order({ kind: 'hidden' }),
);

showSettings(standardSettings);
show.look(storeKinds);

function on(id: string, type: string, listener: (event: Event) => void): void {
  getElement(id, HTMLElement).addEventListener(type, listener);
}

// The page: sends orders to the worker, shows what it reports. It computes nothing itself.
import 'uplot/dist/uPlot.min.css';
import './style.css';
import { persistStorage } from '@keepfit/callbacks';
import type { Order } from '../messages.js';
import { standardSettings, storeKinds } from '../training/settings.js';
import { element } from './elements.js';
import { rememberPause } from './memory.js';
import { chosenSettings, chosenStore, showSettings } from './settings-form.js';
import { Show } from './show.js';
import { showRoom } from './show-room.js';

const worker = new Worker(new URL('../worker/main.ts', import.meta.url), { type: 'module' });
const order = (message: Order) => worker.postMessage(message);
const show = new Show(order);

worker.addEventListener('message', ({ data }) => show.report(data));
worker.addEventListener('error', (event) =>
  show.report({ kind: 'error', code: '', message: event.message || 'the worker could not be loaded' }),
);

on('settings', 'submit', (event) => {
  event.preventDefault();
  show.train(chosenStore(), chosenSettings());
  // Now, when a button was pressed, for Firefox asks the person.
  void persistStorage().then(showRoom);
});
on('settings', 'change', (event) => {
  if (!(event.target instanceof HTMLSelectElement) || event.target.name !== 'store') return;
  show.look([chosenStore()]);
});
on('pause', 'click', () => {
  rememberPause(true);
  show.pause();
});
on('stop', 'click', () => show.stop());
on('forget', 'click', () => order({ kind: 'forget', store: chosenStore() }));
on('download', 'click', () => order({ kind: 'download', store: chosenStore() }));
on('upload', 'click', () => element('file', HTMLInputElement).click());
on('file', 'change', () => {
  const input = element('file', HTMLInputElement);
  const file = input.files?.[0];
  // The same file may be chosen again.
  input.value = '';
  if (file === undefined) return;
  // What was uploaded is looked at before it is continued.
  rememberPause(true);
  order({ kind: 'upload', store: chosenStore(), file });
});
// The last event that a page which is closed can rely on.
document.addEventListener(
  'visibilitychange',
  () => document.visibilityState === 'hidden' && order({ kind: 'hidden' }),
);

showSettings(standardSettings);
show.look(storeKinds);

function on(id: string, type: string, listener: (event: Event) => void): void {
  element(id, HTMLElement).addEventListener(type, listener);
}

// What the page itself remembers: where the backup is, and whether the person paused. Training is in the backup.
import type { StoreKind } from '../training/settings.js';

const STORE = 'keepfit-digits-store';
const PAUSED = 'keepfit-digits-paused';

export function rememberedStore(): StoreKind {
  return localStorage.getItem(STORE) === 'opfs' ? 'opfs' : 'indexeddb';
}

export function rememberStore(store: StoreKind): void {
  localStorage.setItem(STORE, store);
}

export function wasPaused(): boolean {
  return localStorage.getItem(PAUSED) === 'yes';
}

export function rememberPause(isPaused: boolean): void {
  localStorage.setItem(PAUSED, isPaused ? 'yes' : 'no');
}

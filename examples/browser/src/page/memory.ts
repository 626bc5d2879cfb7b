// The page itself remembers only whether the user paused. Everything else is in the backup, because a killed
// browser may forget the last seconds of a page's memory.
const PAUSED = 'keepfit-digits-paused';

export function wasPaused(): boolean {
  try {
    return localStorage.getItem(PAUSED) === 'yes';
  } catch {
    // The user denies storage to this page: it will say so when it opens the store of the backup.
    return false;
  }
}

export function rememberPause(isPaused: boolean): void {
  try {
    localStorage.setItem(PAUSED, isPaused ? 'yes' : 'no');
  } catch {
    // Storage is denied or full. A page that is opened again then trains on without being told to.
  }
}

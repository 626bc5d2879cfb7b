// The page itself remembers only whether the user paused. Everything else is in the backup, because a killed
// browser may forget the last seconds of a page's memory.
const PAUSED = 'keepfit-digits-paused';

export function wasPaused(): boolean {
  return localStorage.getItem(PAUSED) === 'yes';
}

export function rememberPause(isPaused: boolean): void {
  localStorage.setItem(PAUSED, isPaused ? 'yes' : 'no');
}

// What the page itself remembers: whether the person paused. All else is in the backup, for a browser that is killed may forget the last
// seconds of what a page remembers.
const PAUSED = 'keepfit-digits-paused';

export function wasPaused(): boolean {
  return localStorage.getItem(PAUSED) === 'yes';
}

export function rememberPause(isPaused: boolean): void {
  localStorage.setItem(PAUSED, isPaused ? 'yes' : 'no');
}

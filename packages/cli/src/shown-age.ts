const STEPS = [
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'min'],
] as const;

/** How long ago a time was, for people: `12 s ago`, `3 h ago`. */
export function shownAge(savedAt: string, now: number): string {
  const seconds = Math.round((now - Date.parse(savedAt)) / 1000);
  if (seconds < 0) return 'in the future, by the clock of this machine';
  const [length, unit] = STEPS.find(([step]) => seconds >= 2 * step) ?? [1, 's'];
  return `${Math.floor(seconds / length)} ${unit} ago`;
}

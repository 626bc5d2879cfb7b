const UNITS = ['kB', 'MB', 'GB', 'TB'];

/** A number of bytes for people: `512 B`, `1.3 MB`; a kB has 1000. */
export function shownSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  let value = bytes / 1000;
  let unit = 0;
  // 999.95 would be shown as 1000.0.
  for (; value >= 999.95 && unit < UNITS.length - 1; unit++) value /= 1000;
  return `${value.toFixed(1)} ${UNITS[unit]}`;
}

/** Whether a value is a time in UTC as `toISOString` writes it, for instance `2026-01-31T08:15:00.000Z`. */
export function isIsoTime(value: unknown): value is string {
  if (typeof value !== 'string') return false;
  const time = new Date(value);
  return !Number.isNaN(time.getTime()) && time.toISOString() === value;
}

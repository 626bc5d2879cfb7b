/**
 * A loss or metric for people, as Keras shows it: four decimals, or scientific up to 1e-3. NaN and infinities are shown by their names.
 * Example: 0.91234 is `0.9123`, 0.00005 is `5.0000e-05`.
 */
export function formatMetric(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Math.abs(value) > 1e-3) return value.toFixed(4);
  return value.toExponential(4).replace(/e([+-])(\d)$/, 'e$10$2');
}

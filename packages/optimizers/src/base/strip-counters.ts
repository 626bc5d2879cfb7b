/**
 * tfjs' name of a weight without its counters, which differ between processes: `dense_Dense1/kernel_1` is
 * `dense_Dense/kernel`. tfjs names a variable without a name by a number alone, which leaves nothing.
 */
export function stripCounters(name: string): string {
  return name
    .replace(/^\d+$/, '')
    .replace(/(_[A-Z][A-Za-z0-9]*?)\d+(?=\/)/g, '$1')
    .replace(/(\/.*)_\d+$/, '$1');
}

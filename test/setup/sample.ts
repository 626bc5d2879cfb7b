/**
 * Whether the tests try every case, or a sample that leaves enough time for the rest: `VITE_KEEPFIT_ALL=1 npm test`, and
 * the same before `npm run test:long`, try all. Take it wherever cases are many and alike.
 */
export const triesAll = Boolean(import.meta.env['VITE_KEEPFIT_ALL']);

/** Each n-th of the cases, from the one of that index on; all of them if all are tried. */
export function sample<Case>(cases: readonly Case[], n: number, from = 0): readonly Case[] {
  return triesAll ? cases : cases.filter((_, index) => index % n === from);
}

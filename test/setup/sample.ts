/**
 * Whether the tests try every case, or a sample that leaves enough time for the rest: `VITE_KEEPFIT_ALL=1 npm test`, and
 * the same before `npm run test:long`, try all. Take it wherever cases are many and alike.
 */
export const triesAll = Boolean(import.meta.env['VITE_KEEPFIT_ALL']);

/** Whether `npm run test:long` runs, which tries other cases than `npm test` where both try some. */
export const inLongRun = Boolean(import.meta.env['VITE_KEEPFIT_LONG']);

/** `test` for each n-th of the tests that it is given, such as those of a kit; for all of them if all are tried. */
export function sampleTests(
  test: (name: string, run: () => Promise<void>) => unknown,
  n: number,
): (name: string, run: () => Promise<void>) => void {
  let count = 0;
  return (name, run) => {
    if (triesAll || count % n === 0) test(name, run);
    count += 1;
  };
}

/** Each n-th of the cases, from the one of that index on; all of them if all are tried. */
export function sample<Case>(cases: readonly Case[], n: number, from = 0): readonly Case[] {
  return triesAll ? cases : cases.filter((_, index) => index % n === from);
}

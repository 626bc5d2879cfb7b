import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * In order of the time they take; none of these may begin last, when no other file is left to run beside it.
 */
const LONGEST = [
  /(other-browsers|use|closed|resume)\.long\.page/,
  /documents/,
  /backend\.(long\.)?browser/,
  /in-(chromium|firefox|webkit)/,
  /equivalence|resume|crashes/,
];

/** The order of a first run, when Vitest has no times of an earlier one to go by. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.sort((a, b) => placeOf(a) - placeOf(b));
  }
}

function placeOf({ moduleId }: TestSpecification): number {
  const place = LONGEST.findIndex((name) => name.test(moduleId));
  return place === -1 ? LONGEST.length : place;
}

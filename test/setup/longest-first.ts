import { readFileSync } from 'node:fs';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * In order of the time they take; none of these may begin last, when no other file is left to run beside it.
 */
const LONGEST = [
  /use\.page/,
  /resume\.page/,
  /documents/,
  /backend\.(long\.)?browser/,
  /in-(chromium|firefox)/,
  /equivalence|resume|crashes/,
];

/**
 * The order of a first run, when Vitest has no times of an earlier one to go by. Files with a process of their own
 * come first: each ends the process before it, which has loaded tfjs and the sources for the other files.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const places = new Map(sorted.map((file) => [file, placeOf(file)]));
    return sorted.sort((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0));
  }
}

function placeOf({ moduleId }: TestSpecification): number {
  const found = LONGEST.findIndex((name) => name.test(moduleId));
  const place = found === -1 ? LONGEST.length : found;
  const hasOwnProcess = readFileSync(moduleId, 'utf8').includes('@vitest-environment-options');
  return hasOwnProcess ? place - LONGEST.length - 1 : place;
}

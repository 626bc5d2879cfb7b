import { isCount, isPositiveInteger, type OptionRule } from '@keepfit/callbacks/internal';
import { optionRules } from '../losses/option-rules.js';

const isFraction = optionRules.fraction[0];
const areFractions = (value: unknown): boolean =>
  [value].flat().length > 0 && [value].flat().every((each) => isFraction(each));

/** The rules for `checkOptions` that metrics over thresholds share. */
export const thresholdRules = {
  thresholds: [areFractions, 'a number from 0 to 1 or a list of these'],
  topK: [isPositiveInteger, 'a positive integer'],
  classId: [isCount, 'the number of a class'],
  numThresholds: [(value) => isPositiveInteger(value) && value > 1, 'an integer above 1'],
} as const satisfies Record<string, OptionRule>;

import type { Crash } from './equivalence-case.js';

/** Ways to crash, by name: a list with one crash per fit. */
export const crashPlans: Readonly<Record<string, readonly Crash[]>> = {
  "at a batch's end": [thrown('onTrainBatchEnd', 3)],
  "killed at a batch's begin": [killed('onTrainBatchBegin', 6)],
  "at an epoch's end": [thrown('onEpochEnd', 2)],
  "killed at an epoch's begin": [killed('onEpochBegin', 3)],
  'inside validation': [thrown('onTestBatchEnd', 3), killed('evaluation', 3)],
  'around validation': [killed('onTestBegin', 2), thrown('onTestEnd', 1)],
  'while a backup is stored': [thrown('set', 2), killed('set', 1)],
  'when a backup was stored, and nobody knows': [
    { ...thrown('set', 2), when: 'after' },
    { ...killed('set', 2), when: 'after' },
  ],
  'twice in one epoch': [killed('onTrainBatchEnd', 6), thrown('onTrainBatchEnd', 2)],
  'right after a resume, again and again': [
    thrown('onTrainBatchEnd', 7),
    thrown('onTrainBegin', 1),
    killed('onEpochBegin', 1),
    thrown('onTrainBatchBegin', 1),
  ],
  'inside a step': [thrown('step', 6), killed('step', 3)],
  'as a backup is taken, and at the very end': [thrown('onBackup', 2), killed('onTrainEnd', 1)],
};

/** A hook that throws. */
export function thrown(at: Crash['at'], call: number): Crash {
  return { at, call, how: 'throw' };
}

/** A process that is killed. */
export function killed(at: Crash['at'], call: number): Crash {
  return { at, call, how: 'kill' };
}

/** Every place at which a fit can crash. */
export const PLACES: readonly Crash['at'][] = [
  'onTrainBegin',
  'onTrainEnd',
  'onEpochBegin',
  'onEpochEnd',
  'onTrainBatchBegin',
  'onTrainBatchEnd',
  'onTestBegin',
  'onTestEnd',
  'onTestBatchBegin',
  'onTestBatchEnd',
  'onBackup',
  'step',
  'evaluation',
  'set',
];

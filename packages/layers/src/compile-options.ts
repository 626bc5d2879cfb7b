import { checkIsOptions } from '@keepfit/callbacks/internal';
import type { OwnStepTrainerOptions, PhasedTrainerOptions, TrainerOptions } from '@keepfit/fit';

/**
 * What a model trains with. Each option wins over `model.compile` and holds for later calls too, until you give
 * another one or compile the model again. All of Keras' names are known here.
 */
export type CompileOptions = Partial<
  Pick<
    TrainerOptions,
    'loss' | 'lossWeights' | 'metrics' | 'optimizer' | 'stepsPerExecution' | 'weightedMetrics'
  >
>;

/** A step of your own in place of the loss and the optimizer: see `Trainer`. */
export type OwnStepChoices = Pick<PhasedTrainerOptions, 'phases'> &
  Pick<OwnStepTrainerOptions, 'optimizers' | 'trainStep' | 'testStep'>;

/** What a trainer of a tfjs-layers model can be given beside what the model was compiled with. */
export type TrainerChoices = CompileOptions & Partial<OwnStepChoices>;

const SUPERVISED = ['loss', 'lossWeights', 'optimizer', 'weightedMetrics'] as const;
const NAMES: readonly (keyof TrainerChoices)[] = [
  'loss',
  'lossWeights',
  'optimizer',
  'weightedMetrics',
  'phases',
  'optimizers',
  'trainStep',
  'testStep',
  'metrics',
  'stepsPerExecution',
];

/**
 * Takes what a trainer is made with out of the options of a call. Undefined ones count as left out. `caller` is for
 * messages.
 *
 * @throws KEEPFIT_INVALID_OPTION when the options are no object that can be copied.
 */
export function splitOptions<Options extends object>(
  caller: string,
  options: Options & TrainerChoices,
): [choices: TrainerChoices, others: Omit<Options, keyof TrainerChoices>] {
  checkIsOptions(caller, options);
  const isChoice = ([name]: [string, unknown]) => NAMES.some((known) => known === name);
  const entries = Object.entries(options);
  const choices = entries.filter((entry) => isChoice(entry) && entry[1] !== undefined);
  const others = entries.filter((entry) => !isChoice(entry));
  return [Object.fromEntries(choices), Object.fromEntries(others) as Omit<Options, keyof TrainerChoices>];
}

/** Whether the options have a step of the user's own. */
export function hasOwnStep(options: unknown): options is OwnStepChoices {
  return typeof options === 'object' && options !== null && ('phases' in options || 'trainStep' in options);
}

/** What a model trains by. */
type Kind = 'supervised' | 'phases' | 'trainStep';

function findKind(choices: TrainerChoices): Kind | undefined {
  if ('phases' in choices) return 'phases';
  if ('trainStep' in choices) return 'trainStep';
  return SUPERVISED.some((name) => name in choices) ? 'supervised' : undefined;
}

/**
 * The choices that hold once others are given: a step of another kind takes the place of all of them, such as
 * phases that of a loss with its optimizer and metrics.
 */
export function mergeChoices(former: TrainerChoices, given: TrainerChoices): TrainerChoices {
  const [before, now] = [findKind(former) ?? 'supervised', findKind(given)];
  return now === undefined || now === before ? { ...former, ...given } : given;
}

/**
 * Whether two options mean the same: equal names and numbers, the same functions and objects of classes, lists and
 * records of these.
 */
export function isSameOption(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (!isPlain(a) || !isPlain(b) || Array.isArray(a) !== Array.isArray(b)) return false;
  const [keys, others] = [Object.keys(a), Object.keys(b)];
  return keys.length === others.length && keys.every((key) => key in b && isSameOption(a[key], b[key]));
}

/** A copy of lists and records, so that a list which the program changes later is another one. */
export function copyOption<Option>(option: Option): Option {
  if (!isPlain(option)) return option;
  if (Array.isArray(option)) return option.map(copyOption) as Option;
  return Object.fromEntries(Object.entries(option).map(([key, item]) => [key, copyOption(item)])) as Option;
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
}

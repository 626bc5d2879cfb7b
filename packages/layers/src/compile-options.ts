import { checkIsOptions } from '@keepfit/callbacks/internal';
import type { TrainerOptions } from '@keepfit/fit';

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

const NAMES = [
  'loss',
  'lossWeights',
  'metrics',
  'optimizer',
  'stepsPerExecution',
  'weightedMetrics',
] as const satisfies readonly (keyof CompileOptions)[];

/**
 * Takes the options of `compile` out of those of a call. Undefined ones count as left out. `caller` is for messages.
 *
 * @throws KEEPFIT_INVALID_OPTION when the options are no object that can be copied.
 */
export function splitOptions<Options extends object>(
  caller: string,
  options: Options & CompileOptions,
): [compile: CompileOptions, others: Omit<Options, keyof CompileOptions>] {
  checkIsOptions(caller, options);
  const isOfCompile = ([name]: [string, unknown]) => NAMES.some((known) => known === name);
  const entries = Object.entries(options);
  const compile = entries.filter((entry) => isOfCompile(entry) && entry[1] !== undefined);
  const others = entries.filter((entry) => !isOfCompile(entry));
  return [Object.fromEntries(compile), Object.fromEntries(others) as Omit<Options, keyof CompileOptions>];
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

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
}

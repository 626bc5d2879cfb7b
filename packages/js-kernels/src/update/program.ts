/**
 * The operations of an update. Each rounds to single precision, like the ops of tfjs: NaN stays NaN, `max` and
 * `min` order -0 before 0, and `sign` gives 1, -1, or 0 for 0 and -0.
 */
export type UpdateOp = 'add' | 'sub' | 'mul' | 'div' | 'max' | 'min' | 'sqrt' | 'abs' | 'sign';

/** An elementwise formula over tensors of one shape, as `@keepfit/optimizers` records it. */
export interface UpdateProgram {
  /** How many tensors come in. All are float32 and of one shape. */
  readonly tensors: number;
  /** How many numbers come in. They may change at each step, and are rounded to single precision. */
  readonly numbers: number;
  /** Operands count the tensors, then the numbers, then earlier results. The second of a unary op is -1. */
  readonly instructions: readonly (readonly [op: UpdateOp, a: number, b: number])[];
  /** The values that go out, in order: each an operand. */
  readonly results: readonly number[];
}

const OPERAND_COUNTS: Readonly<Record<UpdateOp, 1 | 2>> = {
  add: 2,
  sub: 2,
  mul: 2,
  div: 2,
  max: 2,
  min: 2,
  sqrt: 1,
  abs: 1,
  sign: 1,
};

/** Engines limit the parameters of a function to 1000. */
const MOST_INPUTS = 400;

/** By object, because that is fast, and by text, because an optimizer may record its formula at each step. */
const knownObjects = new WeakMap<UpdateProgram, UpdateProgram>();
const knownTexts = new Map<string, UpdateProgram>();
/** How many texts are kept. A training has one or a few programs. */
const MOST_TEXTS = 256;

/**
 * Checks a program, and returns the one object that stands for all equal programs. A program must not change
 * afterwards.
 *
 * @throws Error when an operation is unknown, an operand is not computed yet, or nothing goes in or out.
 */
export function checkProgram(program: UpdateProgram): UpdateProgram {
  const known = knownObjects.get(program) ?? findEqual(program);
  knownObjects.set(program, known);
  return known;
}

function findEqual(program: UpdateProgram): UpdateProgram {
  const { tensors, numbers, instructions, results } = program;
  const text = JSON.stringify([tensors, numbers, instructions, results]);
  const known = knownTexts.get(text);
  if (known !== undefined) return known;
  const fault = findFault(program);
  if (fault !== undefined)
    throw new Error(`KeepfitUpdate was given a bad program: ${fault}; record it again from its formula`);
  if (knownTexts.size >= MOST_TEXTS) knownTexts.clear();
  knownTexts.set(text, program);
  return program;
}

function findFault({ tensors, numbers, instructions, results }: UpdateProgram): string | undefined {
  if (!Number.isSafeInteger(tensors) || tensors < 1)
    return `tensors is ${String(tensors)}, and at least 1 must come in`;
  if (!Number.isSafeInteger(numbers) || numbers < 0)
    return `numbers is ${String(numbers)}, and must be a count`;
  if (tensors + numbers > MOST_INPUTS)
    return `${tensors + numbers} values come in, and at most ${MOST_INPUTS} can`;
  if (!Array.isArray(instructions)) return 'its instructions are no list';
  if (!Array.isArray(results) || results.length === 0) return 'it has no results';
  if (results.length > MOST_INPUTS)
    return `it has ${results.length} results, and at most ${MOST_INPUTS} can go out`;
  const inputs = tensors + numbers;
  const isValue = (value: unknown, end: number) =>
    Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) < end;
  for (const [index, [op, a, b]] of (instructions as UpdateProgram['instructions']).entries()) {
    const at = `instruction ${index} (${String(op)}, ${String(a)}, ${String(b)})`;
    if (!Object.hasOwn(OPERAND_COUNTS, op)) return `${at} has an unknown operation`;
    if (!isValue(a, inputs + index)) return `${at} reads a value that is not there yet`;
    if (OPERAND_COUNTS[op] === 1 ? b !== -1 : !isValue(b, inputs + index))
      return `${at} ${OPERAND_COUNTS[op] === 1 ? 'must have -1 as its second operand' : 'reads a value that is not there yet'}`;
  }
  const lost = results.find((value) => !isValue(value, inputs + instructions.length));
  return lost === undefined ? undefined : `its result ${String(lost)} is not there`;
}

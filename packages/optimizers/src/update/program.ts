/** One operation on float32 values. Each rounds its result to float32, as the op of tfjs does. */
export type UpdateOp = 'add' | 'sub' | 'mul' | 'div' | 'max' | 'min' | 'sqrt' | 'abs' | 'sign';

/**
 * An elementwise formula as a list of operations, so that a backend can compute it in one pass over memory.
 * The kernel `KeepfitUpdate` takes the inputs `t0`, `t1`, … and the attributes `program` and `numbers`, and
 * returns the results in order, each in new memory.
 */
export interface UpdateProgram {
  /** How many inputs there are: float32 tensors of one shape. */
  readonly tensors: number;
  /** How many numbers there are. They may differ at each step. */
  readonly numbers: number;
  /**
   * The operands count the tensors, then the numbers, then the results of earlier instructions. The second
   * operand of an op with one operand is -1.
   */
  readonly instructions: readonly (readonly [op: UpdateOp, a: number, b: number])[];
  /** The values that become the outputs, counted like operands. */
  readonly results: readonly number[];
}

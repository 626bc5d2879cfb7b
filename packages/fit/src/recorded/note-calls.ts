import * as tf from '@tensorflow/tfjs-core';
import { replaceKernels } from '../backend/replace-kernels.js';
import { type Call, type Drawn, type Info, listInputs, type Notes, Refusal } from './recorded-call.js';

type Values = ArrayLike<number>;

/**
 * Runs a step, and notes what it does beside: each call of a kernel, and each random number.
 *
 * @param leaves The memory of all that changes from step to step: weights, states, the batch.
 */
export function noteCalls<T>(leaves: readonly Info[], run: () => T): { result: T; notes: Notes | Refusal } {
  const notebook = new Notebook(leaves);
  let result: T;
  try {
    result = notebook.during(run);
  } catch (error) {
    notebook.dispose();
    throw error;
  }
  try {
    return { result, notes: notebook.finish() };
  } catch (error) {
    notebook.dispose();
    if (error instanceof Refusal) return { result, notes: error };
    throw error;
  }
}

/** Frees the copies of constants. */
export function disposeConstants({ backend, constants }: Pick<Notes, 'backend' | 'constants'>): void {
  for (const { dataId } of constants.values()) backend.disposeData(dataId);
}

class Notebook implements Notes {
  readonly calls: Call[] = [];
  readonly drawn: Drawn[] = [];
  readonly constants = new Map<object, Info>();
  readonly dynamic: Set<object>;
  readonly backend = tf.backend();
  /** Random numbers since values were last written. */
  #seeds: number[] = [];
  /** Above 0 while a kernel runs: what it does inside is its own. */
  #depth = 0;
  #refusal: string | undefined;
  /** All variables that there are, by their memory before the step. */
  readonly #others = new Map(
    Object.values(tf.engine().registeredVariables).map((variable) => [variable.dataId as object, variable]),
  );
  /** The variables that the step reads beside the leaves, with their memory. */
  readonly variables = new Map<object, tf.Variable>();

  constructor(leaves: readonly Info[]) {
    this.dynamic = new Set(leaves.map(({ dataId }) => dataId));
  }

  during<T>(run: () => T): T {
    const restoreKernels = wrapKernels(tf.getKernelsForBackend(tf.getBackend()), (kernel) =>
      this.#watch(kernel),
    );
    const restoreBackend = this.#watchBackend();
    const { random } = Math;
    Math.random = () => {
      const drawn = random();
      if (this.#depth > 0) this.#refuse('a kernel draws random numbers itself');
      this.#seeds.push(drawn);
      return drawn;
    };
    try {
      return run();
    } finally {
      Math.random = random;
      restoreBackend();
      restoreKernels();
      // The step may have copied a kernel of now, which must note nothing later.
      this.#depth = Infinity;
    }
  }

  /** @throws Refusal when the step did what cannot be repeated. */
  finish(): Notes {
    if (this.#seeds.length > 0) this.#refuse('it draws random numbers that no tensor is made of');
    for (const [dataId, variable] of this.variables)
      if (variable.dataId !== dataId)
        this.#refuse(`it writes the variable "${variable.name}", which is no weight of the model`);
    if (this.#refusal !== undefined) throw new Refusal(this.#refusal);
    return this;
  }

  dispose(): void {
    disposeConstants(this);
    this.constants.clear();
  }

  #refuse(reason: string): void {
    this.#refusal ??= reason;
  }

  #watch({ kernelName, kernelFunc }: tf.KernelConfig): tf.KernelFunc {
    return (given) => {
      if (this.#depth > 0) return kernelFunc(given);
      this.#depth++;
      try {
        const outputs = kernelFunc(given);
        this.#note(kernelName, kernelFunc, given, outputs);
        return outputs;
      } finally {
        this.#depth--;
      }
    };
  }

  #note(
    kernelName: string,
    kernelFunc: tf.KernelFunc,
    { inputs, attrs }: Parameters<tf.KernelFunc>[0],
    results: ReturnType<tf.KernelFunc>,
  ): void {
    const outputs = (Array.isArray(results) ? results : [results]).map(copyInfo);
    const call: Call = {
      kernel: kernelName,
      compute: kernelFunc,
      attrs,
      inputs: Object.entries(inputs).flatMap(([name, value]: [string, Info | Info[] | null | undefined]) =>
        value == null ? [] : [[name, Array.isArray(value) ? value.map(copyInfo) : copyInfo(value)] as const],
      ),
      isList: Array.isArray(inputs),
      outputs,
    };
    const read = listInputs(call);
    if ([...read, ...outputs].some(({ dtype }) => dtype === 'complex64' || dtype === 'string'))
      this.#refuse(`it computes with tensors of complex numbers or strings (${kernelName})`);
    if (attrs !== undefined && 'seed' in attrs) this.#refuse(`${kernelName} draws random numbers`);
    const shared = outputs.filter((output) => read.some(({ dataId }) => dataId === output.dataId)).length;
    if (shared > 0 && shared < outputs.length)
      this.#refuse(`${kernelName} gives one input another shape and computes beside`);
    for (const { dataId } of read) this.#noteVariable(dataId);
    // The rest depends on constants only.
    if (!read.some(({ dataId }) => this.dynamic.has(dataId))) return;
    for (const info of read) this.#keepConstant(info);
    for (const { dataId } of outputs) this.dynamic.add(dataId);
    this.calls.push(call);
  }

  /** A variable that is no weight, such as one of another network, may change too. */
  #noteVariable(dataId: object): void {
    const variable = this.#others.get(dataId);
    if (variable === undefined || this.dynamic.has(dataId)) return;
    this.variables.set(dataId, variable);
    this.dynamic.add(dataId);
  }

  /** Copies a constant outside of tfjs' engine, so that `tf.memory()` does not count it. */
  #keepConstant({ dataId, shape, dtype }: Info): void {
    if (this.dynamic.has(dataId) || this.constants.has(dataId)) return;
    const values = this.backend.readSync(dataId);
    this.constants.set(dataId, { dataId: this.backend.write(values, shape, dtype), shape, dtype });
  }

  /** Notes what goes into the backend and comes out of it beside kernels. Returns what ends that. */
  #watchBackend(): () => void {
    const backend = this.backend as tf.KernelBackend & Record<string, unknown>;
    const { write, read, readSync } = backend;
    const own = Object.keys(backend);
    backend.write = (values, shape, dtype) => {
      const dataId = write.call(backend, values, shape, dtype);
      if (this.#depth === 0) this.#noteWrite({ dataId, shape, dtype }, values as unknown as Values);
      return dataId;
    };
    const refuseRead = (): void => {
      if (this.#depth === 0) this.#refuse('it reads values of tensors into JavaScript');
    };
    backend.read = (dataId) => {
      refuseRead();
      return read.call(backend, dataId);
    };
    backend.readSync = (dataId) => {
      refuseRead();
      return readSync.call(backend, dataId);
    };
    return () => {
      for (const [name, method] of Object.entries({ write, read, readSync })) {
        if (own.includes(name)) backend[name] = method;
        else delete backend[name];
      }
    };
  }

  #noteWrite(info: Info, values: Values): void {
    const [seed, ...more] = this.#seeds;
    this.#seeds = [];
    if (seed === undefined) return;
    if (more.length > 0) this.#refuse('it draws several random numbers for one tensor');
    this.drawn.push({ info: copyInfo(info), values, seed });
    this.dynamic.add(info.dataId);
  }
}

/**
 * Gives registered kernels other functions, and returns what ends that. Writes into the kernels, because it takes a
 * tenth of the time of registering others. Whoever registers a kernel meanwhile is not disturbed.
 */
function wrapKernels(
  kernels: readonly tf.KernelConfig[],
  wrap: (kernel: tf.KernelConfig) => tf.KernelFunc,
): () => void {
  const undo: (() => void)[] = [];
  for (const kernel of kernels) {
    const { kernelFunc } = kernel;
    const wrapped = wrap(kernel);
    if (Object.getOwnPropertyDescriptor(kernel, 'kernelFunc')?.writable !== true)
      undo.push(replaceKernels([{ ...kernel, kernelFunc: wrapped }]));
    else {
      kernel.kernelFunc = wrapped;
      undo.push(() => {
        if (kernel.kernelFunc === wrapped) kernel.kernelFunc = kernelFunc;
      });
    }
  }
  return () => {
    for (const restore of undo) restore();
  };
}

function copyInfo({ dataId, shape, dtype }: Info): Info {
  return { dataId, shape: [...shape], dtype };
}

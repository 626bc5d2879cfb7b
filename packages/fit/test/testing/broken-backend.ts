import { cpuBackend } from '@keepfit/backend-cpu';
import { type Backend, replaceKernels } from '@keepfit/fit';
import * as tf from '@tensorflow/tfjs-core';

export type Defect =
  | 'computes a gradient wrongly'
  | 'computes a value wrongly'
  | 'gives NaN'
  | 'writes an update into the variable'
  | 'rounds an update otherwise'
  | 'computes something else each time'
  | 'frees not all that it allocates'
  | 'keeps tensors'
  | 'says that it started, and did not'
  | 'leaves its kernels behind'
  | 'starts but once'
  | 'forgets all numbers at stop'
  | 'listens to the process'
  | 'has another version each time'
  | 'has another version after each start'
  | 'names a gradient that there is not'
  | 'says of a start that failed that it succeeded'
  | 'throws where it cannot start'
  | 'registers its kernels before it knows'
  | 'makes itself the backend before it knows';

interface CpuBackend {
  data: { get(id: object): { values: Float32Array } };
  write(values: Float32Array, shape: number[], dtype: 'float32'): object;
  read(id: object): Promise<Float32Array>;
}

/** The cpu backend with a defect, and what puts right what it leaves behind. */
export function brokenBackend(defect: Defect): {
  backend: () => Backend;
  unavailable: () => Backend;
  cleanup: () => void;
} {
  const undo: (() => void)[] = [];
  const left: (() => void)[] = [];
  let starts = 0;
  const make = (): Backend => {
    const cpu = cpuBackend();
    return {
      ...cpu,
      get kernels() {
        if (defect === 'has another version after each start') return `version ${starts}`;
        return defect === 'has another version each time' ? `version ${(starts += 1)}` : cpu.kernels;
      },
      ...(defect === 'names a gradient that there is not' ? { verifiedGradients: ['AveragePool'] } : {}),
      async start() {
        if (defect === 'says that it started, and did not')
          return cpu.start().then(() => tf.setBackend('other'));
        if (defect === 'has another version after each start') starts += 1;
        if (defect === 'starts but once' && (starts += 1) > 1) return false;
        if (defect === 'listens to the process') left.push(listen());
        const started = await cpu.start();
        undo.push(replaceKernels(kernelsWith(defect)));
        return started;
      },
      stop() {
        const restore = undo.pop();
        if (defect === 'leaves its kernels behind') left.push(restore ?? (() => undefined));
        else restore?.();
        if (defect === 'forgets all numbers at stop') left.push(forget());
        cpu.stop();
      },
    };
  };
  const unavailable = (): Backend => ({
    ...make(),
    async start() {
      if (defect === 'says of a start that failed that it succeeded') return true;
      if (defect === 'throws where it cannot start') throw new Error('no such machine');
      if (defect === 'registers its kernels before it knows')
        left.push(replaceKernels(kernelsWith('computes a value wrongly')));
      if (defect === 'makes itself the backend before it knows') await tf.setBackend('other');
      return false;
    },
  });
  return { backend: make, unavailable, cleanup: () => left.splice(0).forEach((repair) => repair()) };
}

/** A second tfjs backend, which is the cpu backend by another name. */
export function registerOther(): void {
  tf.registerBackend('other', () => tf.findBackend('cpu'));
}

function kernelsWith(defect: Defect): tf.KernelConfig[] {
  const cpu = () => tf.backend() as unknown as CpuBackend;
  const valuesOf = (tensor: tf.TensorInfo): Float32Array => cpu().data.get(tensor.dataId).values;
  let calls = 0;
  switch (defect) {
    case 'computes a gradient wrongly':
      return [changed('MaxPoolGrad', (output) => void valuesOf(output).fill(0))];
    case 'computes a value wrongly':
      return [changed('Relu', (output) => void (valuesOf(output)[1] = 0.125))];
    case 'gives NaN':
      return [changed('Tanh', (output) => void (valuesOf(output)[0] = Number.NaN))];
    case 'writes an update into the variable':
      return [
        changed('KeepfitAdam', (output, { weight }) =>
          valuesOf(weight as tf.TensorInfo).set(valuesOf(output)),
        ),
      ];
    case 'rounds an update otherwise':
      return [
        changed(
          'KeepfitAdam',
          (output) => void (valuesOf(output)[0] = (valuesOf(output)[0] ?? 0) * (1 + 2 ** -23)),
        ),
      ];
    case 'computes something else each time':
      return [
        changed(
          'BatchMatMul',
          (output) => void (valuesOf(output)[0] = (valuesOf(output)[0] ?? 0) + (calls += 1) * 1e-6),
        ),
      ];
    case 'frees not all that it allocates':
      return [changed('Relu', () => void cpu().write(new Float32Array(1), [1], 'float32'))];
    case 'keeps tensors':
      return [changed('Relu', () => void tf.keep(tf.scalar(1)))];
    default:
      return [{ ...changed('Relu', () => undefined), kernelName: 'OfMine' }];
  }
}

/** The kernel that is registered now, and what is done to its output, or to its first one. */
function changed(
  kernelName: string,
  change: (output: tf.TensorInfo, inputs: Partial<tf.NamedTensorInfoMap>) => void,
): tf.KernelConfig {
  const now = tf.getKernel(kernelName, 'cpu');
  return {
    ...now,
    kernelFunc(params) {
      const outputs = now.kernelFunc(params);
      const [first] = [outputs].flat();
      if (first !== undefined) change(first, params.inputs);
      return outputs;
    },
  };
}

function listen(): () => void {
  const listener = (): void => undefined;
  process.on('SIGUSR2', listener);
  return () => process.removeListener('SIGUSR2', listener);
}

function forget(): () => void {
  const cpu = tf.backend() as unknown as CpuBackend;
  const { read } = cpu;
  cpu.read = async () => new Float32Array(2);
  return () => void (cpu.read = read);
}

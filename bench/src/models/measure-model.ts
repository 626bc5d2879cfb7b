import { cpuBackend } from '@keepfit/backend-cpu';
import { wasmBackend } from '@keepfit/backend-wasm';
import { type Backend, useBackend } from '@keepfit/fit';
import { type Spread, spreadOf } from './spread.js';
import { ceiling } from './ceiling.js';
import { kernelTimes } from './kernel-times.js';
import type { BenchModel } from './model.js';
import { stockWasm } from './stock-wasm.js';
import { keepfitTraining, stockTraining, type Training } from './training.js';

export interface Result {
  readonly model: string;
  readonly megaflops: number;
  /** CPU time of a step in milliseconds: keepfit on wasm. */
  readonly keepfit: Spread;
  /** tfjs alone on wasm, or why it cannot. */
  readonly stock: Spread | string;
  /** keepfit on its cpu backend, where asked for. */
  readonly cpu?: Spread;
  /** XNNPACK's packed matrix product, GFLOP/s. */
  readonly ceiling: Spread;
  readonly kernels: readonly (readonly [kernel: string, ms: number])[];
}

export interface Settings {
  readonly rounds: number;
  readonly isBesideCpu: boolean;
}

interface Subject {
  readonly backend: Backend;
  readonly steps: number;
  readonly train: Training;
  readonly times: number[];
}

/** Times a model in turn on each backend, so that what else the machine does strikes all alike. */
export async function measureModel(model: BenchModel, { rounds, isBesideCpu }: Settings): Promise<Result> {
  // Enough of them that what a fit does once, as reading the data, weighs as little as in an epoch.
  const steps = Math.max(8, Math.round(10_000 / (model.megaflops + 50)));
  const ours = await subject(wasmBackend(), steps, () => keepfitTraining(model));
  const cpu = isBesideCpu ? await subject(cpuBackend(), steps, () => keepfitTraining(model)) : undefined;
  const stock = await subject(stockWasm(), steps, () => stockTraining(model)).catch((error: Error) => error.message.split('\n')[0] ?? '');
  await useBackend(stockWasm());
  const multiply = ceiling();
  const ceilings: number[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const each of [ours, stock, cpu]) {
      if (each === undefined || typeof each === 'string') continue;
      await useBackend(each.backend);
      each.times.push(await each.train(each.steps));
    }
    await useBackend(stockWasm());
    ceilings.push(multiply());
  }
  await useBackend(ours.backend);
  const kernels = await kernelTimes(() => ours.train(steps));
  return {
    model: model.name,
    megaflops: model.megaflops,
    keepfit: spreadOf(ours.times),
    stock: typeof stock === 'string' ? stock : spreadOf(stock.times),
    ...(cpu === undefined ? {} : { cpu: spreadOf(cpu.times) }),
    ceiling: spreadOf(ceilings),
    kernels: kernels.slice(0, 6).map(([kernel, ms]) => [kernel, ms / steps]),
  };
}

/** Makes a training on its backend and warms it up. */
async function subject(backend: Backend, steps: number, make: () => Training): Promise<Subject> {
  await useBackend(backend);
  const train = make();
  await train(2);
  await train(steps);
  return { backend, steps, train, times: [] };
}

import { cpuBackend } from '@keepfit/backend-cpu';
import { nodeBackend } from '@keepfit/backend-node';
import { wasmBackend } from '@keepfit/backend-wasm';
import { type Backend, useBackend } from '@keepfit/fit';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { createMatMulRate } from './matmul-rate.js';
import { timeKernels } from './time-kernels.js';
import { findModel } from './models.js';
import type { Answer, Question, Trainer } from './subject.js';
import { createKeepfitTraining, createStockTraining, type Training } from './training.js';

/**
 * The process of one subject: a model that trains on one backend, as in a user's program. Several backends in
 * one process would slow each other down because V8 optimizes for the first one.
 */
const [who, name] = process.argv.slice(2) as [Trainer, string];
await start(who);
let training: Training;
let multiply: (() => number) | undefined;

process.on('message', (question: Question) => {
  void replyTo(question)
    .catch((error: unknown) => ({ failure: String(error).split('\n')[0] ?? '' }))
    .then((answer: Answer) => process.send?.(answer));
});
process.send?.({ ms: 0 } satisfies Answer);

async function replyTo({ ask, steps }: Question): Promise<Answer> {
  if (ask === 'ceiling') return { rate: (multiply ??= createMatMulRate())() };
  training ??= isStock(who)
    ? createStockTraining(findModel(name))
    : createKeepfitTraining(findModel(name), !who.endsWith('-normal'));
  if (ask === 'train') return { ms: await training(steps) };
  const { result, times } = await timeKernels((restart) => training(steps, restart));
  return { ms: result, kernels: times.map(([kernel, ms]) => [kernel, ms / steps]) };
}

function isStock(trainer: Trainer): boolean {
  return trainer.startsWith('stock-');
}

/** keepfit's gradients apply to all backends, so stock tfjs must start without keepfit. */
async function start(trainer: Trainer): Promise<void> {
  if (isStock(trainer)) await tf.setBackend(trainer.slice('stock-'.length));
  else await useBackend(createBackend(trainer));
}

function createBackend(trainer: Trainer): Backend {
  if (trainer === 'node-normal') return nodeBackend({ threads: 1 });
  return trainer.startsWith('cpu') ? cpuBackend() : wasmBackend();
}

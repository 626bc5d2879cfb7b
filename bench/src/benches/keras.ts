import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Bench, Context } from '../bench.js';
import { getQuartiles } from '../measure/quartiles.js';
import type { BenchModel } from '../models/model.js';
import { models } from '../models/models.js';
import { countRounds, createTurnsRow, runInTurn } from '../models/run-in-turn.js';
import { type KerasTrainer, python, type Trainer } from '../models/subject.js';

/** The subjects, as the rows call them. */
const NAMES = {
  wasm: 'wasm',
  'node-normal': 'TensorFlow in Node',
  'keras-jax': 'Keras on jax',
  'keras-tensorflow': 'Keras on TensorFlow',
} as const;

type Name = keyof typeof NAMES;

/** The ratios to report, if both of their subjects are on this machine. */
const RATIOS: readonly (readonly [subject: Name, yardstick: Name])[] = [
  ['wasm', 'keras-jax'],
  ['wasm', 'keras-tensorflow'],
  ['node-normal', 'wasm'],
  ['node-normal', 'keras-tensorflow'],
];

/**
 * Compares training steps of whole models with Adam, on one thread: keepfit on WASM and on TensorFlow, and Keras' own
 * `fit` in Python. Each trains in a separate process, and they take turns.
 */
export const keras: Bench = async (context) => {
  const trainers: readonly Name[] = ['wasm', ...findAddon(), ...findKeras()];
  if (trainers.length < 2) return console.log('  left out, because neither tfjs-node nor Keras is installed');
  const measured = models.filter(({ batchSize }) => batchSize === 32);
  for (const model of measured) await compareInTurn(context, model, trainers);
};

async function compareInTurn(context: Context, model: BenchModel, trainers: readonly Name[]): Promise<void> {
  const { times, failures } = await runInTurn(context.root, model, trainers, countRounds(context));
  for (const [trainer, reason] of Object.entries(failures)) throw new Error(`${trainer} fails: ${reason}`);
  for (const [subject, yardstick] of RATIOS) {
    const [first, second] = [times[subject], times[yardstick]];
    if (first === undefined || second === undefined) continue;
    const facts = {
      [`${NAMES[subject]}, ms`]: getQuartiles(first).median,
      [`${NAMES[yardstick]}, ms`]: getQuartiles(second).median,
    };
    const name = `${model.name}, ${NAMES[subject]} ÷ ${NAMES[yardstick]}`;
    context.row(createTurnsRow(name, first, second, facts));
  }
}

/** Few machines have the addon of tfjs-node. */
function findAddon(): readonly (Name & Trainer)[] {
  const { resolve } = createRequire(import.meta.url);
  const folder = dirname(resolve('@tensorflow/tfjs-node/package.json'));
  return existsSync(join(folder, 'lib/napi-v8/tfjs_binding.node')) ? ['node-normal'] : [];
}

function findKeras(): readonly KerasTrainer[] {
  const isInstalled = (backend: string): boolean => {
    const env = { ...process.env, KERAS_BACKEND: backend };
    return spawnSync(python, ['-c', `import ${backend}, keras`], { env }).status === 0;
  };
  return (['keras-jax', 'keras-tensorflow'] as const).filter((name) =>
    isInstalled(name.slice('keras-'.length)),
  );
}

import { cpuBackend } from '@keepfit/backend-cpu';
import { memoryStore } from '@keepfit/store-memory';
import { BackupAndRestore, Callback, type CallbackHooks, type CheckpointStore, useBackend } from 'keepfit';
import { beforeAll, expect, test } from 'vitest';
import { createContrastive } from '../src/contrastive.js';
import { createDistillation } from '../src/distillation.js';
import type { Example } from '../src/example.js';
import { createGan } from '../src/gan.js';
import { createVae } from '../src/vae.js';

beforeAll(() => useBackend(cpuBackend()));

test.each<[string, (seed: number) => Example, readonly string[]]>([
  ['a GAN', createGan, ['discriminator_loss', 'generator_loss', 'loss']],
  [
    'a variational autoencoder',
    createVae,
    ['kl', 'loss', 'reconstruction', 'val_kl', 'val_loss', 'val_reconstruction'],
  ],
  [
    'distillation from a frozen teacher',
    createDistillation,
    [
      ...['categorical_accuracy', 'hard', 'loss', 'soft'],
      ...['val_categorical_accuracy', 'val_hard', 'val_loss', 'val_soft'],
    ],
  ],
  ['contrastive pairs', createContrastive, ['loss']],
])('%s ends after a crash as without one, byte for byte', async (_, create, keys) => {
  const whole = await trainToEnd(create, [], memoryStore());
  expect(Object.keys(whole.history).sort()).toEqual(keys);
  const [first, last] = [whole.history['loss']?.[0] ?? NaN, whole.history['loss']?.at(-1) ?? NaN];
  expect(Number.isFinite(first + last)).toBe(true);
  expect(await trainToEnd(create, [2, 3], memoryStore())).toEqual(whole);
});

/** Trains with a crash after each of these numbers of batches; each time a new process continues. */
async function trainToEnd(
  create: (seed: number) => Example,
  crashes: readonly number[],
  store: CheckpointStore,
) {
  for (const [attempt, batches] of crashes.entries()) {
    const backup = new BackupAndRestore(store, { saveFreq: 1 });
    const { train } = create(attempt === 0 ? 1 : 90 + attempt);
    await expect(train({ epochs: 2, verbose: 0, callbacks: [backup, crashAfter(batches)] })).rejects.toThrow(
      'crash',
    );
  }
  const { model, train } = create(crashes.length === 0 ? 1 : 99);
  const end = new NoteHistory();
  await train({ epochs: 2, verbose: 0, callbacks: [new BackupAndRestore(store, { saveFreq: 1 }), end] });
  const weights = model.weights.map(({ name, variable }) => [name, [...variable.dataSync()]] as const);
  return { weights: Object.fromEntries(weights), history: end.history };
}

/** Notes the history of the whole run, epochs before a crash included. */
class NoteHistory extends Callback {
  history: Readonly<Record<string, readonly number[]>> = {};

  override onTrainEnd(): void {
    this.history = { ...this.model.history.history };
  }
}

function crashAfter(batches: number): CallbackHooks {
  let count = 0;
  return {
    onTrainBatchEnd() {
      count += 1;
      if (count === batches) throw new Error('crash');
    },
  };
}

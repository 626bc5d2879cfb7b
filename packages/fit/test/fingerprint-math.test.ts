import { cpuBackend } from '@keepfit/backend-cpu';
import { BackupAndRestore } from '@keepfit/callbacks';
import { fingerprintMath, Trainer, useBackend } from '@keepfit/fit';
import { memoryStore } from '@keepfit/store-memory';
import * as tf from '@tensorflow/tfjs-core';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import ts from 'typescript';
import { afterEach, expect, test, vi } from 'vitest';
import { caught } from './helpers/caught.js';
import { plainData } from './helpers/plain-data.js';
import { plainModel } from './helpers/plain-model.js';
import { throwAt } from './helpers/throw-at.js';

afterEach(async () => {
  vi.restoreAllMocks();
  await useBackend(cpuBackend());
});

/** Gives a function of Math the last bit of another engine. */
function roundDifferently(name: 'tanh' | 'exp' | 'pow' | 'sin'): void {
  const compute = Math[name] as (...values: number[]) => number;
  vi.spyOn(Math, name).mockImplementation((...values: number[]) => compute(...values) * (1 + 2 ** -52));
}

test('is the same in every tier of the engine', async () => {
  const interpreted = fingerprintMath();
  for (let call = 0; call < 300; call++) expect(fingerprintMath()).toBe(interpreted);
  const source = await readFile(new URL('../src/backend/fingerprint-math.ts', import.meta.url), 'utf8');
  const { outputText } = ts.transpileModule(source, { compilerOptions: { target: ts.ScriptTarget.ES2022 } });
  const program = `${outputText}; console.log(fingerprintMath());`;
  const tiers = ['--jitless', '--always-sparkplug', '--always-turbofan'].map(async (tier) => {
    const options = [tier, '--input-type=module', '-e', program];
    return (await promisify(execFile)(process.execPath, options)).stdout.trim();
  });
  expect(await Promise.all(tiers)).toEqual([interpreted, interpreted, interpreted]);
});

test.each(['tanh', 'exp', 'pow', 'sin'] as const)('changes if Math.%s rounds differently', (name) => {
  const before = fingerprintMath();
  expect(before).toMatch(/^math [0-9a-f]{8}$/);
  roundDifferently(name);
  expect(fingerprintMath()).not.toBe(before);
});

test('is part of the kernels of the cpu backend', async () => {
  expect(cpuBackend().kernels).toBe(`keepfit-cpu 1, ${fingerprintMath()}`);
});

test('a checkpoint of another engine is refused, and the kernels are listed', async () => {
  const store = memoryStore();
  await useBackend(cpuBackend());
  const here = cpuBackend().kernels;
  await caught(
    train([new BackupAndRestore(store, { saveFreq: 1 }), throwAt({ hook: 'onTrainBatchEnd', call: 2 })]),
  );
  roundDifferently('tanh');
  await useBackend(cpuBackend());
  const error = await caught(train([new BackupAndRestore(store)]));
  expect(error.code).toBe('KEEPFIT_CHECKPOINT_MISMATCH');
  expect(error.message).toContain(`${here}, gradients 1`);
  expect(error.message).toContain(`${cpuBackend().kernels}, gradients 1`);
});

async function train(callbacks: object[]): Promise<void> {
  const model = plainModel(1);
  const { x, y } = plainData(6);
  try {
    const trainer = new Trainer(model, { optimizer: tf.train.sgd(0.1), loss: 'mse' });
    await trainer.fit(x, y, { epochs: 1, batchSize: 2, seed: 1, verbose: 0, callbacks });
  } finally {
    model.dispose();
  }
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { cpuBackend } from '@keepfit/backend-cpu';
import { useBackend } from '@keepfit/fit';
import { expect, test } from 'vitest';
import { programFile } from '../../../test/programs/program-file.js';
import { BATCHES, EPOCHS, trainConvnet } from './helpers/train-convnet.js';

const CHILD = programFile('packages/layers/test/helpers/train-process.ts');

test('killed by SIGKILL twice, new processes continue to the end of an uninterrupted run, bit for bit', async () => {
  await useBackend(cpuBackend());
  const uninterrupted = await trainConvnet();
  const folder = await mkdtemp(join(tmpdir(), 'keepfit-process-'));
  const backup = join(folder, 'runs', 'convnet');
  try {
    for (const [attempt, killAt] of [3, 2].entries()) {
      // Only the first has the initial weights of the uninterrupted run.
      const killed = await run(backup, killAt, 1 + attempt);
      expect(killed).toMatchObject({ signal: 'SIGKILL', output: '' });
      expect((await readdir(backup)).filter((name) => name.endsWith('.safetensors'))).toEqual([
        'backup.safetensors',
      ]);
    }
    const { code, output } = await run(backup, 0, 99);
    expect(code).toBe(0);
    const { proof, history, batches } = JSON.parse(output) as {
      proof: unknown;
      history: unknown;
      batches: number;
    };
    expect(proof).toEqual(JSON.parse(JSON.stringify(uninterrupted.proof)));
    expect(history).toEqual(uninterrupted.whole.history);
    expect(batches).toBeLessThan(EPOCHS * BATCHES);
    expect((await readdir(backup)).filter((name) => name.endsWith('.safetensors'))).toEqual([]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

/** Runs the process until it is gone. Where anything kept it alive, this would never be. */
async function run(
  folder: string,
  killAt: number,
  init: number,
): Promise<{ code: number | null; signal: NodeJS.Signals | null; output: string }> {
  const child = spawn(process.execPath, [CHILD, folder, String(killAt), String(init)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [[code, signal], output] = await Promise.all([
    once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>,
    text(child.stdout),
  ]);
  return { code, signal, output };
}

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

test('a training that is killed ends as one that is not', async (t) => {
  const runs = mkdtempSync(join(tmpdir(), 'training-'));
  t.after(() => rmSync(runs, { recursive: true }));
  const [whole, killed] = [join(runs, 'whole'), join(runs, 'killed')];

  await train(whole);
  assert.equal((await train(killed, 'Epoch 2/')).signal, 'SIGKILL');
  assert.match((await train(killed)).output, /Resumed at epoch \d/);

  for (const name of ['backup', 'weights']) {
    const files = [whole, killed].map((folder) => join(folder, `${name}.safetensors`));
    const { output } = await run(['node_modules/keepfit/dist/main.js', 'diff', ...files]);
    assert.match(output, /^the same: /);
  }
  assert.equal(readFileSync(join(killed, 'log.csv'), 'utf8'), readFileSync(join(whole, 'log.csv'), 'utf8'));
});

/** Trains three epochs, or until these words are printed, when it is killed without notice. */
const train = (folder: string, killAt?: string) =>
  run(['--import', 'tsx', 'src/train.ts'], { RUN_FOLDER: folder, EPOCHS: '3' }, killAt);

function run(args: string[], env = {}, killAt?: string): Promise<{ signal: string | null; output: string }> {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
    if (killAt !== undefined && output.includes(killAt)) child.kill('SIGKILL');
  });
  return new Promise((resolve) => child.on('close', (_, signal) => resolve({ signal, output })));
}

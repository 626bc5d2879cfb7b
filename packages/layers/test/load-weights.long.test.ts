import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { programFile } from '../../../test/programs/program-file.js';

test('the best weights of one process predict the same in another', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'keepfit-best-'));
  try {
    const outputs: string[] = [];
    for (const task of ['train', 'predict']) {
      const program = programFile('packages/layers/test/helpers/best-model-process.ts');
      const { stdout, stderr } = await promisify(execFile)(process.execPath, [program, task, folder]);
      expect(stderr).toBe('');
      outputs.push(stdout);
    }
    expect(JSON.parse(outputs[0]!)).toHaveLength(16);
    expect(outputs[1]).toBe(outputs[0]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

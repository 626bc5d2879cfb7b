import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { programFile } from '../../../test/programs/program-file.js';
import type { StepWithSignal } from './helpers/signal-in-a-step.js';

const run = promisify(execFile);

test('a signal that comes during a step is obeyed at the end of this step', async () => {
  const steps: StepWithSignal[] = [
    { hook: 'onTrainBatchBegin', call: 1 },
    { hook: 'onTrainBatchBegin', call: 6 },
    { hook: 'onTestBatchBegin', call: 3 },
  ];
  const program = programFile('packages/fit/test/helpers/signal-in-a-step.ts');
  const { stdout } = await run(process.execPath, [program, JSON.stringify(steps)]);
  expect(JSON.parse(stdout)).toMatchObject([
    { calls: 1, step: 1 },
    { calls: 6, step: 6 },
    { calls: 3, step: 8 },
  ]);
});
